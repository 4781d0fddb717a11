"""The CSV source: a folder of seven files."""

from freightbooks.sources.csv.importing import FolderProblem, import_folder
from freightbooks.sources.csv.report import ImportReport

__all__ = ["FolderProblem", "ImportReport", "import_folder"]
