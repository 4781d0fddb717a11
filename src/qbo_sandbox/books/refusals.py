"""Every way QuickBooks refuses a request of the accounting API: code, words and element, as recorded from it.

Knows the words only. Who raises which, and when, is the business of the fields and the entities.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

VALIDATION = "ValidationFault"
SYSTEM = "SystemFault"
AUTHENTICATION = "AuthenticationFault"
AUTHORIZATION = "AuthorizationFault"


@dataclass(frozen=True, slots=True)
class FaultError:
    """One error of a fault. `element` None leaves the key out of the answer, as QuickBooks does for some codes."""

    code: str
    message: str
    detail: str
    element: str | None = ""


class Refusal(Exception):
    """QuickBooks refuses the request; nothing was changed. It is an HTTP 400 unless `status` says otherwise."""

    def __init__(self, errors: Iterable[FaultError], kind: str = VALIDATION, status: int | None = None) -> None:
        self.errors = tuple(errors)
        self.kind = kind
        self.status = status or (500 if kind == SYSTEM else 400)
        super().__init__("; ".join(f"{error.code} {error.detail}" for error in self.errors))


def refuse(code: str, message: str, detail: str, element: str | None = "") -> Refusal:
    """Return a refusal with one error."""
    return Refusal([FaultError(code, message, detail, element)])


def business(text: str, code: str = "6000") -> Refusal:
    """Return the 6000 refusal: a rule of bookkeeping, told in a sentence."""
    return refuse(
        code,
        "A business validation error has occurred while processing your request",
        f"Business Validation Error: {text}",
    )


def list_element_deleted() -> Refusal:
    """Return the 6000 refusal of a change to an object that was merged into another."""
    return business("You cannot modify a list element that has been deleted.")


def missing_error(name: str) -> FaultError:
    """Return the 2020 error of one required field that is not there."""
    return FaultError(
        "2020",
        "Required param missing, need to supply the required value for the API",
        f"Required parameter {name} is missing in the request",
        name,
    )


def missing(*names: str) -> Refusal:
    """Return the 2020 refusal, with one error for each required field that is not there."""
    return Refusal(missing_error(name) for name in names)


def unknown_property(name: str, java_class: str, known: Iterable[str]) -> Refusal:
    """Return the 2010 refusal of a field the entity does not have."""
    names = sorted(known)
    shown = ", ".join(f'"{each}"' for each in names[:3])
    return refuse(
        "2010",
        "Request has invalid or unsupported property",
        f'Property Name:Unrecognized field "{name}" (class com.intuit.schema.finance.v3.{java_class}), not marked as '
        f"ignorable ({len(names)} known properties: {shown} [truncated]])\n specified is unsupported or invalid",
        None,
    )


def unreadable(what: str) -> Refusal:
    """Return the 2010 refusal of malformed JSON or of a value of the wrong JSON type."""
    return refuse(
        "2010",
        "Request has invalid or unsupported property",
        f"Property Name:Can not deserialize {what} specified is unsupported or invalid",
        None,
    )


def wrong_length(element: str, longest: int, length: int, shortest: int = 0) -> FaultError:
    """Return the 2050 error of a text that is too short or too long."""
    return FaultError(
        "2050",
        "String length is either shorter or longer than supported by specification",
        f"String length specified does not match the supported length. Min:{shortest} Max:{longest:,} supported. "
        f"Supplied length:{length:,}",
        element,
    )


def invalid_characters(element: str, text: str) -> FaultError:
    """Return the 2040 error of a name with a colon, a tab, a line break or a control character."""
    return FaultError("2040", "Invalid String", f"Element contains invalid characters: {text}", element)


def unknown_reference(kind: str, qbo_id: str) -> Refusal:
    """Return the 2500 refusal of a reference to nothing. `kind` is QuickBooks' own plural: Names, Accounts, Klasses."""
    return refuse("2500", "Invalid Reference Id", f"Invalid Reference Id : {kind} element id {qbo_id} not found")


_MADE_INACTIVE = (
    "Something you're trying to use has been made inactive. Check the fields with accounts, customers, items, "
    "vendors or employees."
)


def inactive_reference() -> Refusal:
    """Return the 2500 refusal of a reference to an inactive list object."""
    return refuse("2500", "Invalid Reference Id", f"Invalid Reference Id : {_MADE_INACTIVE}")


def not_found() -> Refusal:
    """Return the 610 refusal: the object to read or change is not there."""
    return refuse("610", "Object Not Found", f"Object Not Found : {_MADE_INACTIVE}")


def stale(user: str = "Craig Carlson") -> Refusal:
    """Return the 5010 refusal: somebody changed the object since the SyncToken sent."""
    return refuse(
        "5010",
        "Stale Object Error",
        f"Stale Object Error : You and {user} were working on this at the same time. {user} finished before you "
        "did, so your work was not saved.",
    )


def duplicate_name(whose: str) -> Refusal:
    """Return the 6240 refusal. `whose` is "customer" or "customer, vendor or employee"."""
    return refuse(
        "6240",
        "Duplicate Name Exists Error",
        f"The name supplied already exists. : Another {whose} is already using this name. "
        "Please use a different name. ",
        None,
    )


def duplicate_number(number: str, spoken_type: str, qbo_id: str) -> Refusal:
    """Return the 6140 refusal, which names the transaction that holds the number."""
    return refuse(
        "6140",
        "Duplicate Document Number Error",
        "Duplicate Document Number Error : You must specify a different number. This number has already been used. "
        f"DocNumber={number} is assigned to TxnType={spoken_type} with TxnId={qbo_id}",
    )


def closed_period() -> Refusal:
    """Return the 6210 refusal: the date lies in a period the accountant has closed."""
    return refuse(
        "6210",
        "Account Period Closed, Cannot Update Through Services API",
        "The account period has closed and the account books cannot be updated through through the QBO Services API. "
        "Please use the QBO website to make these changes.",
    )


def period_closed_with_warning() -> Refusal:
    """Return the 6200 refusal, which Intuit lists beside 6210 without telling when it comes."""
    return refuse(
        "6200",
        "Account Period Closed Error",
        "Account Period Closed Error : The account period has closed and the account books cannot be updated.",
    )


def deposited_already() -> Refusal:
    """Return the 6540 refusal: the money has been put into a deposit, which must let go of it first."""
    return refuse(
        "6540",
        "Deposited Transaction cannot be changed",
        "This transaction has been deposited. If you want to change or delete it, you must edit the deposit it appears "
        "on and remove it first.",
    )


def not_linkable(text: str) -> Refusal:
    """Return the 620 refusal: a transaction that cannot be linked here."""
    return refuse("620", "Txn ID Cannot Be Linked", text)


def no_longer_there() -> Refusal:
    """Return the 6000 refusal of a link to a transaction that is not there."""
    return business("Something this action required is no longer available. Another user may have deleted it.")


def wrong_account() -> Refusal:
    """Return the 6430 refusal: an account of the wrong type for its place."""
    return refuse(
        "6430",
        "Invalid account type used",
        "Invalid account type: You need to select a different type of account for this transaction.",
    )


def wrong_amount(supplied: str) -> FaultError:
    """Return the 6070 error: Amount is not quantity times price."""
    return FaultError(
        "6070",
        "Amount calculation incorrect in the request",
        f"Amount is not equal to UnitPrice * Qty. Supplied value:{supplied}",
    )


def nothing_to_post_to() -> Refusal:
    """Return the 6440 refusal: a line with an amount that names neither an item nor an account."""
    return refuse(
        "6440",
        "Transaction Detail Information Required",
        "You must select a product/service or an account for each split line with an amount or a billable customer.",
    )


def missing_customer() -> Refusal:
    """Return the 6310 refusal: what is billable does not say to whom."""
    return refuse("6310", "CustomerRef is required", "When BillableStatus is Billable, CustomerRef is required", "")


def turned_off(feature: str) -> Refusal:
    """Return the 5020 refusal: the company does not use this feature."""
    return refuse(
        "5020",
        "Permission Denied Error",
        f"Permission Denied Error : {feature} is turned off. To access this, sign in again or contact an "
        "administrator.",
    )


def without_permission() -> Refusal:
    """Return the 5020 refusal as recorded: the plan or the person's role has no access to this."""
    return refuse(
        "5020",
        "Permission Denied Error",
        "Permission Denied Error : To access this, sign in again or contact an administrator.",
    )


def feature_not_supported(feature: str) -> Refusal:
    """Return the 5030 refusal: the company's plan does not have this feature."""
    return refuse("5030", "Feature Not Supported Error", f"Feature Not Supported Error : {feature} is not supported.")


def subscription_ended(plan: str) -> Refusal:
    """Return the 6190 refusal: the subscription is over, the company can only be read."""
    return refuse(
        "6190",
        "Invalid Company Status",
        "Subscription period has ended or canceled or there was a billing problem : You can't add data to "
        f"{plan} because your trial or subscription period ended, you cancelled your subscription, or there was a "
        "billing problem. To update your subscription, click the gear icon and view your account information.",
    )


def unsupported_operation(what: str) -> Refusal:
    """Return the 500 refusal: no such address, or an operation the entity does not have."""
    return refuse("500", "Unsupported Operation", f"Operation {what} is not supported.", None)


def no_access(plan: str, status: int) -> Refusal:
    """Return the 120 refusal: who connected the app is no admin of the company any more, or not in it."""
    # [DOC] The words are Intuit's; its text names no HTTP status.
    detail = f": -11014-You do not have access to use {plan}."
    return Refusal([FaultError("120", "Authorization Failure", detail, None)], AUTHORIZATION, status)


def authentication_failure() -> Refusal:
    """Return the 401 a token met that was given for another company."""
    # [CAP] Recorded by users of two clients in 2018 and 2020, with a good token and another company's id.
    detail = "AuthenticationErrorGeneral: SRV-110-Authentication Failure , statusCode: 401"
    return Refusal([FaultError("100", "General Authentication Error", detail, None)], AUTHENTICATION, 401)
