"""Intuit's app assessment questionnaire: what each section asks, and what is true of this product.

Every answer is checked against the code; a test holds the telling ones to it. Where only the organization
can answer, it says so. Intuit changes its wording now and then; the matter stays.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """What Intuit asks, and the answer to give. `yours`: only the organization can answer, and what to think of."""

    asks: str
    answer: str = ""
    yours: str = ""


@dataclass(frozen=True)
class Section:
    """A section of the questionnaire."""

    title: str
    questions: tuple[Question, ...]


SECTIONS: tuple[Section, ...] = (
    Section(
        "General",
        (
            Question(
                "What does the app do?",
                "It posts approved freight invoices and carrier bills from our transportation "
                "management system to our own QuickBooks Online company as invoices, bills, credit "
                "memos, vendor credits and checks.",
            ),
            Question(
                "Why do you need production keys?",
                "We run accounting software for our own company and were asked to create an Intuit "
                "app to obtain the keys for it. The app connects our own companies only and is not "
                "offered to others.",
            ),
            Question(
                "Is it listed in the app store, public or private?",
                "Private. It is not listed.",
            ),
            Question(
                "Do you serve a regulated industry?",
                yours=(
                    "A freight broker answers for itself. Freightbooks handles no health records, "
                    "no card numbers and no payroll."
                ),
            ),
            Question(
                "Have you read Intuit’s developer terms?",
                yours="Whoever signs for the company reads and accepts them.",
            ),
        ),
    ),
    Section(
        "App information",
        (
            Question(
                "Which platform does it run on?",
                "A web application that we host ourselves, used in a browser.",
            ),
            Question(
                "Who uses it?",
                "Our own accounting staff. People are added by an admin; nobody signs up.",
            ),
            Question(
                "How many companies connect?",
                yours="One for each of your legal entities in QuickBooks.",
            ),
            Question(
                "Which Intuit product and scope?",
                "QuickBooks Online accounting: com.intuit.quickbooks.accounting.",
            ),
            Question(
                "Where is it hosted, and from which IP addresses does it call?",
                yours=("The country and the outgoing address of the machine this installation runs on."),
            ),
        ),
    ),
    Section(
        "Authorization and authentication",
        (
            Question(
                "Have you tested connect, disconnect and reconnect?",
                "Yes, each, with a company of ours.",
            ),
            Question(
                "Do you use the discovery document?",
                "Yes. The authorization, token and revocation addresses are read from Intuit’s "
                "OpenID discovery document and kept for one hour.",
            ),
            Question(
                "How do you prevent CSRF? Do you use the state parameter?",
                "Yes. Each sign-in has a random state of 256 bits. Only its hash is stored; it is "
                "bound to the browser session, good for ten minutes, and good once.",
            ),
            Question(
                "Which OAuth grant do you use?",
                "OAuth 2.0 authorization code. The consent page is not framed.",
            ),
            Question(
                "When do you refresh the access token?",
                "When it is needed: within its last minutes before it expires, or when it was "
                "refused. A connection that is not used is refreshed about once a day, so that the "
                "refresh token never goes unused for 100 days.",
            ),
            Question(
                "Do you store the latest refresh token?",
                "Yes. One refresh at a time for each company, across all processes; the new refresh "
                "token is committed to the database before the access token is used.",
            ),
            Question(
                "How do you handle expired or revoked tokens and invalid_grant?",
                "The stored token is read again, in case another process refreshed it. If it is "
                "dead, posting for this company stops, nothing is lost, and an admin is led through "
                "reconnecting. It is not tried in a loop.",
            ),
            Question(
                "Can the user disconnect from within the app?",
                "Yes. Disconnect revokes the grant at Intuit’s revocation endpoint and erases the tokens.",
            ),
        ),
    ),
    Section(
        "API usage",
        (
            Question(
                "Which entities do you create or update?",
                "Invoice, Bill, CreditMemo, VendorCredit, Purchase, Customer, Vendor, Item, Term.",
            ),
            Question(
                "Which entities do you read?",
                "CompanyInfo, Preferences, Account, Item, Term, Customer, Vendor, Employee, and the "
                "transactions we made.",
            ),
            Question(
                "Do you use sparse updates?",
                "Yes, with the SyncToken of the last answer.",
            ),
            Question(
                "How often do you call, and how many calls?",
                "When documents are approved, in batches of up to 30 operations, paced below "
                "Intuit’s limits of 10 requests a second, 500 a minute and 40 batches a minute for "
                "each company. Lists are read on connecting and on demand, not polled.",
            ),
            Question(
                "Do you use request ids?",
                "Yes. Every batch that writes carries a requestid, stored before it is sent.",
            ),
            Question(
                "Which minor version?",
                "75.",
            ),
            Question(
                "Do you support multi-currency?",
                "Yes. A document in another currency names it with CurrencyRef; one the company does not keep is held.",
            ),
            Question(
                "Do you handle sales tax?",
                "No. Freight charges are posted without tax codes of our own.",
            ),
            Question(
                "Do you handle differences between QuickBooks Online plans?",
                "Yes. The plan is read on connecting, and what QuickBooks refuses is shown with its "
                "reason and can be tried again.",
            ),
        ),
    ),
    Section(
        "Webhooks and change data capture",
        (
            Question(
                "Do you use webhooks?",
                "Yes. They tell us that something changed; we verify the signature of each, answer at once, and "
                "read what changed in the background.",
            ),
            Question(
                "Do you use change data capture (CDC)?",
                "Yes. Every 15 minutes, and after every outage, we look for what no webhook told us.",
            ),
        ),
    ),
    Section(
        "Error handling",
        (
            Question(
                "Do you handle errors of the API, and how?",
                "Yes. Each answer is sorted into refused, throttled, not authorized or without an "
                "answer. A refusal is shown with its code and what to do; a throttled request waits "
                "as long as Retry-After says; a lost answer is looked up before anything is sent "
                "again.",
            ),
            Question(
                "Do you capture intuit_tid?",
                "Yes. It is stored with each attempt to post a document, beside the request id, "
                "HTTP status and error code.",
            ),
            Question(
                "Can you share logs with Intuit?",
                "Yes. Every attempt is in the database, and the log has its request id; neither "
                "holds tokens or secrets.",
            ),
            Question(
                "Is there a support contact in the app?",
                yours=("Name a person or mailbox on your privacy page; the public pages can be edited in this guide."),
            ),
        ),
    ),
    Section(
        "Security",
        (
            Question(
                "How are tokens and secrets stored?",
                "Access token, refresh token and Client secret are encrypted with AES-256-GCM, each "
                "bound to its row. The key is kept apart from the database, in the environment or "
                "in a file only its owner can read, and can be changed.",
            ),
            Question(
                "Is the realm ID encrypted?",
                "No. It is stored in the database, which only the application reads, and shown to "
                "signed-in members of the organization.",
            ),
            Question(
                "Are tokens ever in a URL, a cookie, a log or client code?",
                "No. They never leave the server but to Intuit.",
            ),
            Question(
                "Is all traffic encrypted with TLS?",
                "Calls to Intuit use HTTPS with TLS 1.2 or newer and checked certificates. The "
                "pages are served over HTTPS by the proxy in front of the application.",
                yours="True only if your installation is served over HTTPS; step 4 shows it.",
            ),
            Question(
                "How do you protect against XSS, CSRF and SQL injection?",
                "Templates escape, a strict Content-Security-Policy allows no inline and no foreign "
                "scripts, forms carry a CSRF token, and the database is queried with parameters. "
                "The session cookie is HttpOnly.",
            ),
            Question(
                "Do you require multi-factor authentication or CAPTCHA?",
                "No. People sign in with e-mail address and password; passwords are stored hashed.",
            ),
            Question(
                "Do you share QuickBooks data with others?",
                "No.",
            ),
            Question(
                "Do you use WebSockets?",
                "No.",
            ),
            Question(
                "Is there a security team? Was there a breach?",
                yours="Only you can answer for your company.",
            ),
            Question(
                "How quickly do you fix security findings?",
                yours="Say how soon whoever runs this installation brings updates in.",
            ),
        ),
    ),
)
