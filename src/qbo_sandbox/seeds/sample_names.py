"""The customers, vendors and employees of the sample company, with the ids of the company Intuit gives developers."""

from __future__ import annotations

from dataclasses import dataclass

from qbo_sandbox.books.store import Body


@dataclass(frozen=True)
class Place:
    """An address: its id, one line, city, state, postal code, and where a map finds it."""

    number: int
    line: str
    city: str
    state: str
    postal_code: str
    latitude: str = "INVALID"
    longitude: str = "INVALID"

    def as_body(self) -> Body:
        """Return it as an answer shows it."""
        return {
            "Id": str(self.number),
            "Line1": self.line,
            "City": self.city,
            "CountrySubDivisionCode": self.state,
            "PostalCode": self.postal_code,
            "Lat": self.latitude,
            "Long": self.longitude,
        }


@dataclass(frozen=True)
class Name:
    """A customer or vendor as the list has it; what it does not have is empty."""

    number: int
    display_name: str
    person: str = ""  # given and family name, a bar between
    place: Place | None = None
    phone: str = ""
    email: str = ""
    web: str = ""
    parent: str = ""
    taxable: bool = False
    ship_to: Place | None = None
    ships: bool = True  # to its billing address, when there is no other
    account_number: str = ""
    terms: str = ""
    tax_number: str = ""
    gets_1099: bool = False
    is_company: bool = True
    mobile: str = ""
    fax: str = ""
    company: str = ""  # where it is not the display name

    def as_body(self, kind: str) -> Body:
        """Return the body that creates it as a Customer or a Vendor."""
        body: Body = {"DisplayName": self.display_name}
        given, _, family = self.person.partition("|")
        for field, text in (
            ("GivenName", given),
            ("FamilyName", family),
            ("CompanyName", self.company or (self.display_name if self.is_company else "")),
            ("AcctNum", self.account_number),
            ("TaxIdentifier", self.tax_number),
        ):
            if text:
                body[field] = text
        for field, text in (("PrimaryPhone", self.phone), ("Mobile", self.mobile), ("Fax", self.fax)):
            if text:
                body[field] = {"FreeFormNumber": text}
        if self.email:
            body["PrimaryEmailAddr"] = {"Address": self.email}
        if self.web:
            body["WebAddr"] = {"URI": self.web}
        if self.place:
            body["BillAddr"] = self.place.as_body()
        if kind == "Vendor":
            return body | {"Vendor1099": self.gets_1099} | ({"TermRef": {"value": self.terms}} if self.terms else {})
        shipping = self.ship_to or (self.place if self.ships else None)
        if shipping:
            body["ShipAddr"] = shipping.as_body()
        if self.parent:
            body |= {"ParentRef": {"value": self.parent}, "Job": True, "PrintOnCheckName": body["CompanyName"]}
        return body | {"Taxable": self.taxable}


_MAIN = ("37.445013", "-122.1391443")


def _sports(number: int, name: str, person: str, phone: str, parent: str = "") -> Name:
    """Return Freeman Sporting Goods, or one of its jobs, which have its address and telephones."""
    return Name(
        number,
        name,
        person,
        Place(number, "370 Easy St.", "Middlefield", "CA", "94482", "37.4031672", "-122.0642815"),
        phone,
        "Sporting_goods@intuit.com",
        "http://sportinggoods.intuit.com",
        parent,
        mobile="(973) 555-8849",
        fax="(520) 555-7894",
        company="Freeman Sporting Goods",
    )


CUSTOMERS: tuple[Name, ...] = (
    Name(1, "Amy's Bird Sanctuary", "Amy|Lauterbach", Place(2, "4581 Finch St.", "Bayshore", "CA", "94326"),
         "(650) 555-3311", "Birds@Intuit.com", taxable=True),
    Name(2, "Bill's Windsurf Shop", "Bill|Lucchini",
         Place(3, "12 Ocean Dr.", "Half Moon Bay", "CA", "94213", "37.4307072", "-122.4295234"),
         "(415) 444-6538", "Surf@Intuit.com", ships=False),
    Name(3, "Cool Cars", "Grace|Pariente",
         Place(4, "65 Ocean Dr.", "Half Moon Bay", "CA", "94213", "37.4300318", "-122.4336537"),
         "(415) 555-9933", "Cool_Cars@intuit.com", ships=False),
    Name(4, "Diego Rodriguez", "Diego|Rodriguez",
         Place(5, "321 Channing", "Palo Alto", "CA", "94303", "37.443231", "-122.1561846"),
         "(650) 555-4477", "Diego@Rodriguez.com", ships=False, is_company=False),
    Name(5, "Dukes Basketball Camp", "Peter|Dukes",
         Place(6, "25 Court St.", "Tucson", "AZ", "85719", "32.2841116", "-110.9744298"),
         "(520) 420-5638", "Dukes_bball@intuit.com", taxable=True),
    Name(6, "Dylan Sollfrank", "Dylan|Sollfrank", is_company=False),
    _sports(7, "Freeman Sporting Goods", "Kirby|Freeman", "(650) 555-0987"),
    _sports(8, "0969 Ocean View Road", "Sasha|Tillou", "(415) 555-9933", parent="7"),
    _sports(9, "55 Twin Lane", "Amelia", "(650) 555-0987", parent="7"),
    Name(10, "Geeta Kalapatapu", "Geeta|Kalapatapu", Place(10, "1987 Main St.", "Middlefield", "CA", "94303", *_MAIN),
         "(650) 555-0022", "Geeta@Kalapatapu.com", is_company=False),
    Name(11, "Gevelber Photography", "Lisa|Gevelber",
         Place(11, "1045 Main St.", "Half Moon Bay", "CA", "94213", "37.4559621", "-122.429939"),
         "(415) 222-4345", "Photography@intuit.com", "http://gevelberphotography.com"),
    Name(12, "Jeff's Jalopies", "Jeff|Chin",
         Place(12, "12 Willow Rd.", "Menlo Park", "CA", "94305", "37.4495308", "-122.1726923"),
         "(650) 555-8989", "Jalopies@intuit.com"),
    Name(13, "John Melton", "John|Melton",
         Place(13, "85 Pine St.", "Menlo Park", "CA", "94304", "37.4451342", "-122.1409626"),
         "(650) 555-5879", "John@Melton.com", is_company=False),
    Name(14, "Kate Whelan", "Kate|Whelan",
         Place(14, "45 First St.", "Menlo Park", "CA", "94304", "37.4585825", "-122.1352789"),
         "(650) 554-8822", "Kate@Whelan.com", is_company=False),
    Name(15, "Pye's Cakes", "Karen|Pye",
         Place(15, "350 Mountain View Dr.", "South Orange", "NJ", "07079", "40.7633073", "-74.2426072"),
         "(973) 555-4652", "pyescakes@intuit.com", "http://www.pyescakes.intuit.com", mobile="(973) 555-2234"),
    Name(16, "Kookies by Kathy", "Kathy|Kuplis",
         Place(16, "789 Sugar Lane", "Middlefield", "CA", "94303", "37.4530553", "-122.1178261"),
         "(650) 555-7896", "qbwebsamplecompany@yahoo.com", ships=False),
    Name(17, "Mark Cho", "Mark|Cho", Place(17, "36 Willow Rd", "Menlo Park", "CA", "94304", "37.450412", "-122.170593"),
         "(650) 554-1479", "Mark@Cho.com", is_company=False),
    Name(18, "Paulsen Medical Supplies", "Kathy|Paulsen",
         Place(18, "900 Main St.", "Middlefield", "CA", "94303", *_MAIN), "(650) 557-4569", "Medical@intuit.com",
         ship_to=Place(19, "38921 S. Boise Ave", "Middlefield", "CA", "94304", "37.3989376", "-122.1443935")),
    Name(19, "Rago Travel Agency", "Jeff|Rago",
         Place(20, "753 Cedar St.", "Bayshore", "CA", "94326", "37.7077016", "-122.4273232"),
         "(650) 555-1596", "Rago_Travel@intuit.com"),
    Name(20, "Red Rock Diner", "Stephanie|Martini", Place(21, "500 Red Rock Rd.", "Bayshore", "CA", "94326"),
         "(650) 555-4973", "qbwebsamplecompany@yahoo.com"),
    Name(21, "Rondonuwu Fruit and Vegi", "Rondonuwu|and Vegi",
         Place(22, "847 California Ave.", "San Jose", "CA", "95021", "37.3313585", "-121.911372"),
         "(650) 555-2645", "Tony@Rondonuwu.com", is_company=False),
    Name(22, "Shara Barnett", "Shara|Barnett",
         Place(23, "77 University", "Palo Alto", "CA", "94303", "37.4431445", "-122.164443"),
         "(650) 555-4563", "Shara@Barnett.com", is_company=False),
    Name(23, "Barnett Design", "Shara|Barnett", Place(24, "19 Main St.", "Middlefield", "CA", "94303", *_MAIN),
         "(650) 557-1289", "Design@intuit.com", parent="22"),
    Name(24, "Sonnenschein Family Store", "Russ|Sonnenschein",
         Place(25, "5647 Cypress Hill Ave.", "Middlefield", "CA", "94303", "37.4238562", "-122.1141681"),
         "(650) 557-8463", "Familiystore@intuit.com", ships=False),
    Name(25, "Sushi by Katsuyuki", "Katsuyuki|Yanagawa",
         Place(26, "898 Elm St.", "Maplewood", "NJ", "07040", "40.7312816", "-74.2652908"),
         "(505) 570-0147", "Sushi@intuit.com"),
    Name(26, "Travis Waldron", "Travis|Waldron",
         Place(27, "78 First St.", "Monlo Park", "CA", "94304", "37.4585825", "-122.1352789"),
         "(650) 557-9977", "Travis@Waldron.com", is_company=False),
    Name(27, "Video Games by Dan", "Dan|Wilks",
         Place(28, "202 Main St.", "Tucson", "AZ", "85704", "32.2242351", "-110.9758242"),
         "(650) 555-3456", "Videogames@intuit.com"),
    Name(28, "Wedding Planning by Whitney", "Whitney|Brewer",
         Place(29, "135 Broadway", "Menlo Park", "CA", "94304", "37.4846734", "-122.1989488"),
         "(650) 557-2473", "Dream_Wedding@intuit.com", "http://www.dreamwedding.intuit.com"),
    Name(29, "Weiskopf Consulting", "Nicola|Weiskopf",
         Place(30, "45612 Main St.", "Bayshore", "CA", "94326", "45.256574", "-66.0943698"),
         "(650) 555-1423", "Consulting@intuit.com"),
)  # fmt: skip

VENDORS: tuple[Name, ...] = (
    Name(30, "Books by Bessie", "Bessie|Williams", Place(31, "15 Main St.", "Palo Alto", "CA", "94303", *_MAIN),
         "(650) 555-7745", "Books@Intuit.com", "http://www.booksbybessie.co", account_number="1345"),
    Name(31, "Brosnahan Insurance Agency", "Nick|Brosnahan",
         Place(32, "P.O. Box 5", "Middlefield", "CA", "94482", "43.8249453", "-79.2639122"), "(650) 555-9912",
         web="http://BrosnahanInsuranceAgency.org", account_number="7653412", tax_number="XXXXXX9875", gets_1099=True,
         mobile="(650) 555-9874", fax="(555) 123-4567"),
    Name(32, "Cal Telephone", place=Place(33, "10 Main St.", "Palo Alto", "CA", "94303", *_MAIN),
         phone="(650) 555-1616", terms="1"),
    Name(33, "Chin's Gas and Oil"),
    Name(34, "Cigna Health Care", phone="(520) 555-9874", account_number="123456789"),
    Name(35, "Computers by Jenni", "Jenni|Winslow",
         Place(34, "1515 Main St.", "Middlefield", "CA", "94482", "37.3787808", "-122.1158227"),
         "(650) 555-8721", "Msfixit@Intuit.com", mobile="(650) 111-5648", fax="(650) 999-2663"),
    Name(36, "Diego's Road Warrior Bodyshop"),
    Name(37, "EDD"),
    Name(38, "Ellis Equipment Rental", "Julie|Ellis", Place(35, "45896 Main St.", "Middlefield", "CA", "94303", *_MAIN),
         "(650) 555-3333", "Rental@intuit.com", "http://rental.intuit.com", account_number="39765",
         mobile="(650) 445-3333"),
    Name(39, "Fidelity"),
    Name(40, "Hall Properties", "Melanie|Hall",
         Place(36, "P.O.Box 357", "South Orange", "NJ", "07079", "40.7489277", "-74.2609903"), "(973) 555-3827",
         web="http://www.hallproperties.intuit.org", account_number="55642", tax_number="XXXXXX2222",
         mobile="(973) 888-6222"),
    Name(41, "Hicks Hardware", "Geoff|Hicks", Place(37, "42 Main St.", "Middlefield", "CA", "94303", *_MAIN),
         "(650) 554-1973", web="http://Hickshardware.co", account_number="556223", mobile="(650) 445-6666"),
    Name(42, "Lee Advertising", "Laurel|Lee", Place(38, "53 Main St.", "Middlefield", "CA", "94303", *_MAIN),
         "(650) 554-4622", account_number="776543"),
    Name(43, "Mahoney Mugs"),
    Name(44, "Met Life Dental"),
    Name(45, "National Eye Care",
         place=Place(39, "123 Anywhere Ave", "Tucson", "AZ", "85704", "32.3477051", "-110.9992777"),
         phone="(800) 555-5555", email="Nateyecare@intuit.com, pauliejones15@intuit.com",
         web="http://www.nateyecare.intuit.com", account_number="164978565103482659421", terms="3",
         fax="(800) 666-6666"),
    Name(46, "Norton Lumber and Building Materials", "Julie|Norton",
         Place(40, "4528 Country Road", "Middlefield", "CA", "94303", "37.3752919", "-122.1692159"),
         "(650) 363-6578", "Materials@intuit.com", account_number="32980256"),
    Name(47, "Pam Seitz", "Pam|Seitz",
         Place(41, "P.O. Box 15", "Bayshore", "CA", "94326", "45.2720537", "-79.7935909"),
         "(650) 557-8855", "SeitzCPA@noemail.com", "http://seitzcpas.intuit.com", account_number="64132549", terms="1",
         mobile="(650) 888-4446", fax="(556) 454-5555", company="Pam Seitz, CPA"),
    Name(48, "PG&E", place=Place(42, "4 Main St.", "Palo Alto", "CA", "94303", *_MAIN),
         phone="(888) 555-9465", email="utilities@noemail.com", account_number="00649587213"),
    Name(49, "Robertson & Associates", "Jenny|Robertson",
         Place(43, "P.O. Box 147", "Bayshore", "CA", "94326", "45.2720537", "-79.7935909"),
         "(650) 557-1111", account_number="000005641"),
    Name(50, "Tania's Nursery", "Tania|Kronberg",
         Place(44, "1111 Elm St.", "Middlefield", "CA", "94482", "37.4604972", "-122.1547528"),
         "(886) 554-2265", "plantqueen@taniasnursery.com", account_number="2154"),
    Name(51, "Tim Philip Masonry", "Tim|Philip",
         Place(45, "3948 Elm St.", "Middlefield", "CA", "94482", "37.4604972", "-122.1547528"),
         "(800) 556-1254", "tim.philip@timphilipmasonry.com", "http://www.bricksbytim4less.co",
         account_number="0078965", tax_number="XXXXXX5555", mobile="(650) 555-1549"),
    Name(52, "Tony Rondonuwu", "Tony|Rodonuwu", email="tonyrjr@intuit.com", is_company=False),
    Name(53, "United States Treasury"),
    Name(56, "Bob's Burger Joint", is_company=False),
    Name(57, "Squeaky Kleen Car Wash", is_company=False),
)  # fmt: skip

# id, given name, family name, what else is known of them
EMPLOYEES: tuple[tuple[int, str, str, Body], ...] = (
    (54, "John", "Johnson", {"HiredDate": "2015-09-08", "BirthDate": "1984-10-02",
                             "PrimaryPhone": {"FreeFormNumber": "(540) 555-9645"}}),
    (55, "Emily", "Platt", {}),
)  # fmt: skip
