"""The CSV source: a folder of seven files."""

from freightbooks.sources.csv.importing import FolderProblem, ImportReport, import_folder

__all__ = ["FolderProblem", "ImportReport", "import_folder"]
