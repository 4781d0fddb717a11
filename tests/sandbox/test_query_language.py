"""The query language over HTTP: what is understood, what is answered, and the words of a refusal."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.querying.conditions import property_named
from qbo_sandbox.querying.conditions import test_of as held
from qbo_sandbox.querying.statement import read_statement
from sandbox.api_client import Api
from sandbox.builders import Books


def _a_month_of_bills() -> Api:
    api = Api()
    books = api.books
    north, south = books.vendor("Northbound Freight"), books.vendor("O'Hara Haulage")
    for number, vendor, amount, day in (
        ("A1", north, "300.00", "2026-01-05"),
        ("A2", south, "80.00", "2026-01-06"),
        ("B1", north, "1200.50", "2026-02-01"),
        ("B2", south, "80.00", "2026-02-03"),
    ):
        books.clock.move(minutes=1)
        books.bill(vendor, amount, DocNumber=number, TxnDate=day)
    return api


def _numbers(api: Api, where: str) -> list[str]:
    return [row["DocNumber"] for row in api.rows(f"select * from Bill {where}")]


@pytest.mark.parametrize(
    ("where", "numbers"),
    [
        ("where DocNumber = 'a1'", ["A1"]),
        ("where DocNumber in ('B2', 'A1', 'nothing')", ["B2", "A1"]),
        ("where DocNumber LIKE 'b%'", ["B2", "B1"]),
        ("where DocNumber like '%1'", ["B1", "A1"]),
        ("where DocNumber != 'A1' orderby DocNumber", ["A2", "B1", "B2"]),
        ("where TotalAmt = '80'", ["B2", "A2"]),
        ("where TotalAmt > '80.00' orderby TotalAmt desc", ["B1", "A1"]),
        ("where TotalAmt <= '300' and TxnDate < '2026-02-01' orderby TxnDate", ["A1", "A2"]),
        ("where TxnDate >= '2026-02-01' and VendorRef = '2'", ["B2"]),
        ("where Balance in ('1200.5','300')", ["B1", "A1"]),
        ("where Metadata.LastUpdatedTime > '2026-03-02T10:02:00-08:00'", ["B2", "B1"]),
        ("where MetaData.CreateTime <= '2026-03-02T18:01:00Z'", ["A1"]),
        ("where MetaData.CreateTime <= '2026-03-02T19:01:00 01:00'", ["A1"]),
        ("where Id = '2'", ["A2"]),
        ("where Id in ('3','1','99')", ["B1", "A1"]),
        ("where Id > '2' orderby Id", ["B1", "B2"]),
        ("orderby Id desc maxresults 2", ["B2", "B1"]),
        ("orderby Id startposition 2 maxresults 2", ["A2", "B1"]),
        ("orderby TotalAmt, DocNumber desc", ["B2", "A2", "A1", "B1"]),
        ("ORDER BY DocNumber ASC MAXRESULTS 1", ["A1"]),
        ("startposition 3", ["A2", "A1"]),
        ("startposition 0 maxresults 1", ["B2"]),
        ("", ["B2", "B1", "A2", "A1"]),
    ],
)
def test_query_gives_the_objects_asked_for_in_their_order(where: str, numbers: list[str]) -> None:
    assert _numbers(_a_month_of_bills(), where) == numbers


def test_quote_in_a_value_is_escaped_with_a_backslash() -> None:
    api = _a_month_of_bills()
    assert [row["Id"] for row in api.rows(r"select * from vendor where DisplayName = 'o\'hara haulage'")] == ["2"]
    assert api.query("select * from Vendor where DisplayName = 'O''Hara Haulage'").code == "4000"


def test_count_gives_the_number_alone() -> None:
    api = _a_month_of_bills()
    assert api.query("SELECT COUNT(*) FROM Bill").body["QueryResponse"] == {"totalCount": 4}
    assert api.count("select count(*) from Bill where DocNumber in ('A1','B1')") == 2
    assert api.count("select count(*) from bill where TotalAmt > '100' orderby Id") == 2
    assert api.count("select count(*) from Invoice") == 0


def test_answer_tells_its_place_and_total_where_quickbooks_does() -> None:
    api = _a_month_of_bills()
    bills = api.query("select * from Bill orderby Id startposition 2 maxresults 2").body["QueryResponse"]
    assert (bills["startPosition"], bills["maxResults"], bills["totalCount"]) == (2, 2, 4)
    vendors = api.query("select * from Vendor").body["QueryResponse"]
    assert (vendors["startPosition"], vendors["maxResults"]) == (1, 2)
    assert "totalCount" not in vendors


def test_answer_without_objects_is_empty() -> None:
    found = _a_month_of_bills().query("select * from Bill where DocNumber = 'none'")
    assert found.body["QueryResponse"] == {}
    assert found.body["time"].endswith("-08:00")


def test_hundred_rows_come_unless_asked_and_never_more_than_a_thousand() -> None:
    api = Api()
    with api.books.company.commit():
        for number in range(1005):
            api.books.vendor(f"Carrier {number:04}")
    assert len(api.rows("select * from Vendor")) == 100
    assert len(api.rows("select * from Vendor maxresults 1000")) == 1000
    assert len(api.rows("select * from Vendor maxresults 5000")) == 1000
    assert [row["DisplayName"] for row in api.rows("select * from Vendor startposition 1001 maxresults 1000")] == [
        f"Carrier {number}" for number in range(1000, 1005)
    ]


def test_inactive_names_are_hidden_unless_active_is_asked() -> None:
    api = Api()
    for name in ("Gone Freight", "Standing Freight"):
        api.books.vendor(name)
    gone = api.post("vendor", {"Id": "1", "SyncToken": "0", "sparse": True, "Active": False})
    assert gone.body["Vendor"]["DisplayName"] == "Gone Freight (deleted)"
    assert [row["Id"] for row in api.rows("select * from Vendor")] == ["2"]
    assert api.rows("select * from Vendor where Id = '1'") == []
    assert [row["Id"] for row in api.rows("select * from Vendor where Active = false")] == ["1"]
    assert [row["Id"] for row in api.rows("select * from Vendor where Active IN (true,false) orderby Id")] == ["1", "2"]
    assert api.count("select count(*) from Vendor where Active in ('true', 'false')") == 2


def test_lists_come_by_name_in_code_point_order() -> None:
    api = Api()
    for name in ("Pam Seitz", "PG&E", "abc"):
        api.books.vendor(name)
    assert [row["DisplayName"] for row in api.rows("select * from Vendor")] == ["PG&E", "Pam Seitz", "abc"]


def test_selected_properties_come_alone_with_the_id() -> None:
    (row,) = _a_month_of_bills().rows("select DocNumber, TotalAmt, MetaData.CreateTime from Bill where Id = '3'")
    assert set(row) == {"Id", "DocNumber", "TotalAmt", "MetaData", "domain", "sparse"}
    assert row["sparse"] is True
    assert row["TotalAmt"] == Decimal("1200.50")


def test_index_and_scan_find_the_same_objects() -> None:
    """A condition met by an index gives what a plain search would give."""
    api = _a_month_of_bills()
    for value in ("A1", "b2", "missing"):
        by_index = _numbers(api, f"where DocNumber = '{value}'")
        assert by_index == _numbers(api, f"where DocNumber like '{value}'")
    assert _numbers(api, "where Id in ('1','2') and DocNumber = 'A2'") == ["A2"]


def test_query_by_post_is_the_body_as_text() -> None:
    api = _a_month_of_bills()
    found = api.send("POST", "query", "select DocNumber from Bill where Id = '1'", minorversion="75")
    assert found.body["QueryResponse"]["Bill"][0]["DocNumber"] == "A1"
    assert api.post("query", {"query": "select * from Bill"}).code == "4000"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("select * from Bill TxnDate > '2026-01-01'", '" <IDENTIFIER> "TxnDate "" at line 1, column 20.'),
        ("select * from Bill where TotalAmt > 300", '" <INTEGER> "300 "" at line 1, column 37.'),
        ("select * from Bill where TotalAmt > 30.5", '" <DECIMAL> "30.5 "" at line 1, column 37.'),
        ("select * from Bill where Id = '1' OR Id = '2'", '" "or" "OR "" at line 1, column 35.'),
        ("select * from Bill\nwhere Id = ", '"<EOF>" at line 2, column 11.'),
        ("select * from", '"<EOF>" at line 1, column 14.'),
        ("select * from Bill where DocNumber = 'open", "Lexical error at line 1, column 38."),
        ("select * from Bill where DocNumber in 'A1'", '" <STRING> "\'A1\' "" at line 1, column 39.'),
        ("select * from Bill where (Id = '1')", '" "(" "( "" at line 1, column 26.'),
        ("select count(Id) from Bill", '" <IDENTIFIER> "Id "" at line 1, column 14.'),
        ("select * from Bill maxresults '5'", '" <STRING> '),
        ("delete from Bill", '" <IDENTIFIER> "delete "" at line 1, column 1.'),
    ],
)
def test_unreadable_query_is_4000_and_tells_where(statement: str, words: str) -> None:
    found = _a_month_of_bills().query(statement)
    assert found.status == 400
    assert found.error["Message"] == "Error parsing query"
    assert found.code == "4000"
    assert found.error["Detail"].startswith("QueryParserError: ")
    assert words in found.error["Detail"]
    assert "element" not in found.error


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("SELECT * FROM Custmoer", "invalid context declaration: Custmoer"),
        ("select * from Purchase where NoSuchField = '1'", "Property NoSuchField not found for Entity Purchase"),
        ("select NoSuchField from Bill", "Property NoSuchField not found for Entity Bill"),
        ("select * from Purchase where Balance = '1'", "Property Balance not found for Entity Purchase"),
        ("select * from Bill where Line.Amount = '1'", "property 'Line.Amount' is not queryable"),
        ("select * from Bill orderby CurrencyRef", "property 'CurrencyRef' is not queryable"),
        ("select * from Bill maxresults 0", "value 0 is too small. Min allowed value is 1"),
        ("select * from Bill startposition -1", "value -1 is too small. Min allowed value is 1"),
        ("select * from Bill where TxnDate > 'soon'", "value soon of property TxnDate is not a date"),
        ("select * from Bill where TotalAmt = 'NaN'", "value NaN of property TotalAmt is not a number"),
        ("select * from Bill where Metadata.LastUpdatedTime > 'now'", "is not a time"),
        ("select * from Vendor where Active = 'maybe'", "is not true or false"),
    ],
)
def test_senseless_query_is_4001(statement: str, words: str) -> None:
    found = _a_month_of_bills().query(statement)
    assert (found.status, found.code, found.error["Message"]) == (400, "4001", "Invalid query")
    assert found.error["Detail"].startswith("QueryValidationError: ")
    assert words in found.error["Detail"]


def test_strict_quirks_refuse_what_only_some_have_seen_understood() -> None:
    strict = Quirks(
        startposition_zero_is_one=False,
        large_maxresults_is_capped=False,
        order_by_in_two_words=False,
        not_equal_is_understood=False,
    )
    api = Api(Books(quirks=strict))
    assert api.query("select * from Bill startposition 0").code == "4001"
    assert api.query("select * from Bill maxresults 1001").code == "4001"
    assert api.query("select * from Bill order by Id").code == "4000"
    assert api.query("select * from Bill where Id != '1'").code == "4000"
    assert api.rows("select * from Bill orderby Id maxresults 1000") == []


@pytest.mark.parametrize(
    ("statement", "detail"),
    [
        ("", "The query provided was empty"),
        ("  \n", "The query provided was empty"),
        (
            "select * from Bill where Id = '1' %",
            'Invalid content. Lexical error at line 1, column 35.  Encountered: "%" (37), after : ""',
        ),
        (
            "select * from Vendor where DisplayName = 'Cutlery 'R Us'",
            'Encountered " <IDENTIFIER> "R "" at line 1, column 52.\nWas expecting one of:\n    <EOF> \n    <AND> ...\n'
            '    "iterator" ...\n    "maxresults" ...\n    <OR> ...\n    "order" ...\n    "orderby" ...\n'
            '    "startposition" ...\n    ',
        ),
        ("drop", 'Encountered " <IDENTIFIER> "drop "" at line 1, column 1.\nWas expecting:\n    "select" ...\n    '),
    ],
)
def test_the_words_of_4000_are_those_recorded(statement: str, detail: str) -> None:
    assert _a_month_of_bills().query(statement).error["Detail"] == f"QueryParserError: {detail}"


def test_parts_of_parts_can_be_selected() -> None:
    api = _a_month_of_bills()
    (row,) = api.rows("select Line.Amount, MetaData.CreateTime, VendorRef from Bill where Id = '1'")
    assert row["Line"] == [{"Amount": Decimal("300.00")}]
    assert list(row["MetaData"]) == ["CreateTime"]
    assert row["VendorRef"] == {"value": "1", "name": "Northbound Freight"}
    (whole,) = api.rows("select Line.*, Metadata.createtime, MetaData from Bill where Id = '1'")
    assert whole["Line"][0]["DetailType"] == "AccountBasedExpenseLineDetail"
    assert len(whole["MetaData"]) == 2
    (star,) = api.rows("select *, Line.* from Bill where Id = '1'")
    assert star == api.get("bill/1").body["Bill"]


def test_query_by_post_may_have_its_statement_in_the_url() -> None:
    api = _a_month_of_bills()
    assert len(api.send("POST", "query", query="select * from Bill").body["QueryResponse"]["Bill"]) == 4


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_plan_changes_nothing_about_the_answer(data: st.DataObject) -> None:
    """Whatever index is used, also after the clock was set back, the objects are those that meet every condition."""
    books = Books()
    vendors = [books.vendor("North"), books.vendor("South")]
    for number in range(data.draw(st.integers(1, 12))):
        books.clock.move(minutes=data.draw(st.sampled_from([1, 1, 5, -7])))
        day = data.draw(st.sampled_from(["2026-01-01", "2026-01-02", "2026-02-01"]))
        bill = books.bill(data.draw(st.sampled_from(vendors)), "10.00", DocNumber=f"D{number % 4}", TxnDate=day)
        if data.draw(st.booleans()):
            books.clock.move(minutes=1)
            books.pay_bill(vendors[0], "5.00", (bill, "5.00")) if bill.body["VendorRef"]["value"] == "1" else None
    moments = sorted(record.updated for record in books.company.table("Bill"))
    texts = data.draw(
        st.lists(
            st.one_of(
                st.sampled_from(["TxnDate > '2026-01-01'", "TxnDate <= '2026-01-02'", "TxnDate in ('2026-02-01')"]),
                st.sampled_from(
                    ["VendorRef = '1'", "DocNumber in ('D1','D2')", "Balance = '5'", "TxnDate != '2026-01-01'"]
                ),
                st.sampled_from(moments).map(lambda moment: f"MetaData.LastUpdatedTime >= '{moment}'"),
                st.sampled_from(moments).map(lambda moment: f"MetaData.LastUpdatedTime > '{moment}'"),
            ),
            max_size=3,
        )
    )
    where = f"where {' and '.join(texts)}" if texts else ""
    statement = read_statement(f"select * from Bill {where}", books.company.quirks)
    entity = ENTITIES["Bill"]
    tests = [
        held(books.company, entity, *property_named(entity, condition.name), condition)
        for condition in statement.conditions
    ]
    expected = {record.qbo_id for record in books.company.table("Bill") if all(test(record) for test in tests)}
    found = [row["Id"] for row in Api(books).rows(f"select * from Bill {where} maxresults 1000")]
    assert set(found) == expected
    assert len(found) == len(expected)
