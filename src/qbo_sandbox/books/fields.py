"""The kinds of field an entity can have: what each takes from a client, and how each is shown again.

Reading collects what is missing, malformed or referred to, so that the company can refuse in QuickBooks' order.
Nothing here looks anything up; whether a reference leads anywhere is decided by the company.
"""

# ruff: noqa: ARG002 - all kinds of field are read and shown through one signature

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from qbo_sandbox.books.currencies import CURRENCY_NAMES
from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.books.refusals import FaultError, missing_error, unknown_property, unreadable, wrong_length
from qbo_sandbox.books.text_rules import as_stored, name_error, text_error

Body = dict[str, Any]
NameOf = Callable[[str, str], str | None]

CENT = Decimal("0.01")
_LARGEST = Decimal("99999999999")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DECIMAL = re.compile(r"\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,6})?\s*")
LARGEST_EXPONENT = 30  # as for the numbers of a body in JSON
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

PLURALS = {
    "Account": "Accounts",
    "Class": "Klasses",
    "Customer": "Names",
    "Department": "Depts",
    "Employee": "Names",
    "Item": "Items",
    "PaymentMethod": "PaymentMethods",
    "Term": "Terms",
    "Vendor": "Names",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference found in a request: which entity, which id."""

    entity: str
    qbo_id: str


@dataclass(slots=True)
class Reading:
    """What reading one request found wrong, and what it refers to."""

    quirks: Quirks
    missing: list[FaultError] = field(default_factory=list)
    invalid: list[FaultError] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    nobody: bool = False  # a CustomerRef was sent that names nobody


class Kind:
    """A kind of field. `read` gets a value that is neither null nor empty."""

    plain = True  # shown as it is stored

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        """Return what is stored for `value`; note what is wrong with it in `reading`."""
        raise AssertionError(f"{type(self).__name__} reads nothing")

    def show(self, value: Any, name_of: NameOf) -> Any:
        """Return what an answer shows for the stored `value`."""
        return value

    def restore(self, shown: Any) -> Any:
        """Return the stored value that is shown as `shown`: the inverse of `show`."""
        return shown


@dataclass(frozen=True)
class Text(Kind):
    """Free text of at most `longest` characters; `element` is the name errors give it."""

    longest: int
    element: str = ""
    is_name: bool = False

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        if type(value) is not str:
            if type(value) not in (int, Decimal):
                raise unreadable(f"instance of java.lang.String out of {type(value).__name__} for {path}")
            value = str(value)
        element = self.element or path.rpartition(".")[2]
        if len(value) > self.longest:
            reading.invalid.append(wrong_length(element, self.longest, len(value)))
        error = name_error(element, value) if self.is_name else text_error(element, value)
        kept = as_stored(element, value, reading.quirks)
        if isinstance(kept, FaultError):
            error, kept = kept, value
        if error:
            reading.invalid.append(error)
        return kept.strip() if self.is_name else kept


@dataclass(frozen=True)
class Flag(Kind):
    """True or false."""

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        if type(value) is bool:
            return value
        if value in ("true", "false"):
            return value == "true"
        raise unreadable(f"instance of java.lang.Boolean out of {value!r} for {path}")


def _decimal(value: Any, path: str) -> Decimal:
    if type(value) is Decimal:
        return value
    if type(value) is int:
        return Decimal(value)
    if type(value) is str and _DECIMAL.fullmatch(value):
        number = Decimal(value)
        if abs(number.adjusted()) <= LARGEST_EXPONENT:
            return number
    raise unreadable(f"instance of java.math.BigDecimal from {value!r:.60} for {path}")


@dataclass(frozen=True)
class Money(Kind):
    """An amount, kept to the cent, half a cent rounding up."""

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        number = _decimal(value, path)
        if abs(number) > _LARGEST:
            reading.invalid.append(FaultError("2140", "Invalid Amount", f"Supplied value: {number}", path))
            return Decimal(0)
        return number.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Number(Kind):
    """A quantity, price, rate or percentage, kept with the digits it came with."""

    lowest: Decimal = -_LARGEST
    highest: Decimal = _LARGEST

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        number = _decimal(value, path)
        if not self.lowest <= number <= self.highest:
            reading.invalid.append(FaultError("2240", "Invalid Number Range", f"Supplied value: {number:.20g}", path))
            return Decimal(0)  # it is refused; until then nothing may be worked out with it
        return number


@dataclass(frozen=True)
class Day(Kind):
    """A calendar date, `2026-01-31`. A time behind it is cut off."""

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        text = str(value)[:10]
        if _DAY.fullmatch(text):
            try:
                return date.fromisoformat(text).isoformat()
            except ValueError:
                reading.invalid.append(FaultError("2070", "Invalid Date", f"Supplied value: {value}", path))
        else:
            reading.invalid.append(FaultError("2060", "Invalid Date Format", f"Supplied value: {value}", path))
        return text


@dataclass(frozen=True)
class Choice(Kind):
    """One of a fixed list of words."""

    values: tuple[str, ...]

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        if value not in self.values:
            error = FaultError("2170", "Invalid Enumeration", f"Invalid Enumeration : {value}", path)
            reading.invalid.append(error)
        return value


@dataclass(frozen=True)
class TaxCode(Kind):
    """The tax code of a line of a US company: TAX or NON (6100 otherwise)."""

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        code = value.get("value") if isinstance(value, dict) else value
        if code not in ("TAX", "NON"):
            text = f"For US, specify TAX or NON. Supplied value: {code}"
            reading.invalid.append(FaultError("6100", "Invalid Line TaxCode in the request", text))
        return {"value": code}


@dataclass(frozen=True)
class CurrencyCode(Kind):
    """The ISO code of a currency (2220 otherwise)."""

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        code = str(value)
        if code not in CURRENCY_NAMES:
            text = f"Invalid or Unsupported currency type supplied. Supplied value: {value}."
            reading.invalid.append(FaultError("2220", "Invalid Currency Type", text, path))
        return code


@dataclass(frozen=True)
class Currency(Kind):
    """A currency by its ISO code."""

    plain = False

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        code = value.get("value") if isinstance(value, dict) else value
        return {"value": CurrencyCode().read(code, path, reading)}

    def show(self, value: Any, name_of: NameOf) -> Any:
        name = name_of("Currency", value["value"])
        return {"value": value["value"], "name": name} if name else {"value": value["value"]}

    def restore(self, shown: Any) -> Any:
        return {"value": shown["value"]}


@dataclass(frozen=True)
class Ref(Kind):
    """A reference to another object of the company; its name is shown as it is now.

    Not every reference shows one: those to a term and to a parent do not (recorded).
    """

    entity: str
    named: bool = True
    plain = False

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        if not isinstance(value, dict):
            raise unreadable(f"instance of com.intuit.schema.finance.v3.ReferenceType from {value!r} for {path}")
        qbo_id = value.get("value")
        if qbo_id in (None, ""):
            reading.nobody = reading.nobody or path == "CustomerRef"
            return None
        reading.references.append(Reference(self.entity, str(qbo_id)))
        return {"value": str(qbo_id)}

    def show(self, value: Any, name_of: NameOf) -> Any:
        name = name_of(self.entity, value["value"]) if self.named else None
        return {"value": value["value"], "name": name} if name else {"value": value["value"]}

    def restore(self, shown: Any) -> Any:
        return {"value": shown["value"]}


@dataclass(frozen=True)
class PlainRef(Kind):
    """A reference nothing is looked up for here: free text, or an id its entity holds to its own rule."""

    longest: int
    named: bool = False  # shown with its value for a name, as a ship method is

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        if not isinstance(value, dict):
            raise unreadable(f"instance of com.intuit.schema.finance.v3.ReferenceType from {value!r:.40} for {path}")
        found = value.get("value")
        if found in (None, ""):
            return None
        text = Text(self.longest, path.rpartition(".")[2]).read(found, path, reading)
        return {"value": text, "name": text} if self.named else {"value": text}


@dataclass(frozen=True)
class TypedParty(Kind):
    """The name on a line of a journal entry: `{"Type": "Customer", "EntityRef": {"value": ...}}`."""

    plain = False

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        reference = value.get("EntityRef") if isinstance(value, dict) else None
        if not isinstance(reference, dict):
            raise unreadable(f"instance of com.intuit.schema.finance.v3.EntityTypeRef from {value!r:.40} for {path}")
        kept = PartyRef().read({**reference, "type": value.get("Type")}, path, reading)
        return {"Type": kept["type"], "EntityRef": {"value": kept["value"]}} if kept else None

    def show(self, value: Any, name_of: NameOf) -> Any:
        return {"Type": value["Type"], "EntityRef": Ref(value["Type"]).show(value["EntityRef"], name_of)}

    def restore(self, shown: Any) -> Any:
        return {"Type": shown["Type"], "EntityRef": {"value": shown["EntityRef"]["value"]}}


@dataclass(frozen=True)
class PartyRef(Kind):
    """A reference to a customer, vendor or employee, told apart by `type`."""

    plain = False

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        if not isinstance(value, dict):
            raise unreadable(f"instance of com.intuit.schema.finance.v3.ReferenceType from {value!r} for {path}")
        if value.get("value") in (None, ""):
            return None
        kind = str(value.get("type") or "Vendor").capitalize()
        if kind not in ("Customer", "Vendor", "Employee"):
            reading.invalid.append(FaultError("2170", "Invalid Enumeration", f"Invalid Enumeration : {kind}", path))
            return None
        reading.references.append(Reference(kind, str(value["value"])))
        return {"value": str(value["value"]), "type": kind}

    def show(self, value: Any, name_of: NameOf) -> Any:
        name = name_of(value["type"], value["value"])
        shown = {"value": value["value"], "name": name} if name else {"value": value["value"]}
        return shown | {"type": value["type"]}

    def restore(self, shown: Any) -> Any:
        return {"value": shown["value"], "type": shown["type"]}


@dataclass(frozen=True)
class Email(Kind):
    """`{"Address": ...}`, which must look like an address (2210)."""

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        address = value.get("Address") if isinstance(value, dict) else value
        if address in (None, ""):
            return None
        if not isinstance(address, str):
            raise unreadable(f"instance of java.lang.String for {path}.Address")
        if len(address) > 100:
            reading.invalid.append(wrong_length(path, 100, len(address)))
        if not all(_EMAIL.fullmatch(each.strip()) for each in address.split(",")):
            text = f"The email address does not conform to the syntax rules of RFC 822. Supplied value: {address}"
            reading.invalid.append(FaultError("2210", "Invalid Email Address Format", text, path))
        return {"Address": address}


@dataclass(frozen=True)
class Anything(Kind):
    """A field kept and shown as it came; no rule of ours reads it."""

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        return value


def kept_as_sent(*names: str) -> dict[str, Kind]:
    """Return fields of Intuit's schema that generated clients may send and no rule of ours reads."""
    return {name: Anything() for name in names}


@dataclass(frozen=True)
class Computed(Kind):
    """A field QuickBooks works out itself; what a client sends for it is silently overwritten."""

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        return None


class Struct(Kind):
    """An object with named fields; a name it does not have is refused (2010)."""

    plain = False

    def __init__(self, java_class: str, fields: Mapping[str, Kind], required: tuple[str, ...] = ()) -> None:
        self.java_class = java_class
        self.fields = dict(fields)
        self.required = required
        self.shown_otherwise = {name: kind for name, kind in self.fields.items() if not kind.plain}

    def read(self, value: Any, path: str, reading: Reading) -> Body:
        if not isinstance(value, dict):
            raise unreadable(f"instance of com.intuit.schema.finance.v3.{self.java_class} from {value!r:.40}")
        kept: Body = {}
        fields = self.fields
        for name, each in value.items():
            kind = fields.get(name)
            if kind is None:
                raise unknown_property(name, self.java_class, fields)
            if each is None or each == "":
                continue
            each_kept = kind.read(each, f"{path}.{name}" if path else name, reading)
            if each_kept is not None:
                kept[name] = each_kept
        for name in self.required:
            if name not in kept:
                reading.missing.append(missing_error(name))
        return kept

    def show(self, value: Any, name_of: NameOf) -> Any:
        if not self.shown_otherwise:
            return value
        shown = dict(value)
        for name, kind in self.shown_otherwise.items():
            if name in shown:
                shown[name] = kind.show(shown[name], name_of)
        return shown

    def restore(self, shown: Any) -> Any:
        if not self.shown_otherwise:
            return shown
        stored = dict(shown)
        for name, kind in self.shown_otherwise.items():
            if name in stored:
                stored[name] = kind.restore(stored[name])
        return stored


@dataclass(frozen=True)
class Many(Kind):
    """A list of things of one kind."""

    kind: Kind
    plain = False

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        if not isinstance(value, list):
            raise unreadable(f"instance of java.util.ArrayList out of {type(value).__name__} for {path}")
        return [self.kind.read(each, path, reading) for each in value]

    def show(self, value: Any, name_of: NameOf) -> Any:
        return [self.kind.show(each, name_of) for each in value]

    def restore(self, shown: Any) -> Any:
        return [self.kind.restore(each) for each in shown]


def address() -> Struct:
    """Return the kind of a physical address: five lines, city, state, postal code, country."""
    lines: dict[str, Kind] = {f"Line{number}": Text(500) for number in range(1, 6)}
    return Struct(
        "PhysicalAddress",
        {
            "Id": Anything(),
            **lines,
            "City": Text(255),
            "CountrySubDivisionCode": Text(255),
            "Country": Text(255),
            "CountryCode": Text(255),
            "PostalCode": Text(30),
            "PostalCodeSuffix": Text(30),
            "Lat": Text(30),
            "Long": Text(30),
            "Tag": Text(30),
            "Note": Text(1000),
        },
    )


def phone() -> Struct:
    """Return the kind of a telephone number."""
    names = ("DeviceType", "CountryCode", "AreaCode", "ExchangeCode", "Extension", "FreeFormNumber", "Tag")
    return Struct("TelephoneNumber", {**{name: Text(30) for name in names}, "Id": Anything(), "Default": Anything()})


def memo() -> Struct:
    """Return the kind of the message to a customer, whose element in errors is literally `Customer Memo`."""
    return Struct("MemoRef", {"value": Text(1000, "Customer Memo")})
