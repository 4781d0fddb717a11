"""Every behaviour of the notifications that Intuit does not tell clearly, each with where it comes from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class WebhookQuirks:
    """The unconfirmed behaviours of the notifications, and the choice made for each."""

    # [DOC] "You may not receive subsequent events until you correctly acknowledge the first": all later ones wait.
    later_events_wait: bool = True
    # [INF] Any 2xx acknowledges, though Intuit asks for 200; else only 200 does.
    any_2xx_acknowledges: bool = True
    # [DOC] A legacy post is made for several companies, but holds one; a CloudEvents array may mix them.
    legacy_post_holds_one_company: bool = True
    # [DOC] An app hears of a company only while it is connected to it.
    only_connected_companies: bool = True
