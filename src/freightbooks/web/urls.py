"""Which page answers which address."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path
from django.views.generic import RedirectView

from freightbooks.web import (
    audit_pages,
    connecting,
    doctor,
    document,
    errors,
    guide,
    hub,
    landings,
    lists,
    mapping_pages,
    people,
    problems,
    public_pages,
    repairing,
    selected,
    sign_in,
    why,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="hub"), name="start"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("organization/", sign_in.choose_organization, name="choose-organization"),
    path("hub/", hub.hub, name="hub"),
    path("hub/pause/", hub.pause, name="pause"),
    path("doctor/", doctor.doctor, name="doctor"),
    path("guide/", guide.start, name="guide-start"),
    path("guide/company/<int:connection_id>/", guide.of_company, name="guide-company"),
    path("guide/pages/<slug:page>/", public_pages.edit, name="guide-page"),
    path("guide/<int:guide_id>/keys/", guide.keys, name="guide-keys"),
    path("guide/<int:guide_id>/leave/", guide.leave, name="guide-leave"),
    path("guide/<int:guide_id>/<slug:step>/", guide.step_page, name="guide-step"),
    path("guide/<int:guide_id>/<slug:step>/done/", guide.tick, name="guide-tick"),
    path("public/<slug:name>/privacy/", public_pages.privacy, name="public-privacy"),
    path("public/<slug:name>/terms/", public_pages.terms, name="public-terms"),
    path("launch/", landings.launch, name="launch"),
    path("disconnected/", landings.disconnected, name="disconnected"),
    path("reconnect/", landings.reconnect, name="reconnect"),
    path("connections/new/", connecting.new, name="connect-new"),
    path("connections/callback", connecting.callback, name="connect-callback"),
    path("connections/<int:connection_id>/", repairing.connection_page, name="connection"),
    path("connections/<int:connection_id>/begin/", connecting.begin, name="connect-begin"),
    path("connections/<int:connection_id>/tokens/", repairing.paste_tokens, name="connection-tokens"),
    path("connections/<int:connection_id>/keys/", repairing.change_keys, name="connection-keys"),
    path("connections/<int:connection_id>/look-again/", repairing.look_again, name="connection-look-again"),
    path("connections/<int:connection_id>/other-company/", repairing.other_company, name="connection-other"),
    path("connections/<int:connection_id>/disconnect/", connecting.disconnect, name="disconnect"),
    path("connections/<int:connection_id>/progress/", hub.work, name="work"),
    re_path(r"^invoices/(?P<side>customer|carrier)/$", lists.invoices, name="invoices"),
    path("invoices/<int:document_id>/", document.invoice, name="invoice"),
    path("advances/", lists.advances, name="advances"),
    path("advances/<int:document_id>/", document.advance, name="advance"),
    path("export/<slug:kind>.csv", lists.export, name="export"),
    path("postings/selected/", selected.selected, name="selected"),
    path("postings/<int:posting_id>/<slug:action>/", document.act, name="act"),
    path("problems/", problems.problems, name="problems"),
    path("problems/retry/", problems.retry_all, name="problems-retry"),
    path("mapping/", RedirectView.as_view(url="/mapping/carrier-costs/"), name="mapping-start"),
    path("mapping/payment-types/change/", mapping_pages.change_payment_type, name="mapping-payment"),
    path("mapping/<slug:tab>/", mapping_pages.mapping, name="mapping"),
    path("mapping/<slug:tab>/cost/", mapping_pages.change_cost, name="mapping-cost"),
    path("mapping/<slug:tab>/party/", mapping_pages.change_party, name="mapping-party"),
    path("mapping/<slug:tab>/read/", mapping_pages.read_again, name="mapping-read"),
    path("mapping/<slug:tab>/suggest/", mapping_pages.suggest, name="mapping-suggest"),
    path("why/", why.why, name="why"),
    path("audit/", audit_pages.audit, name="audit"),
    path("audit/audit.csv", audit_pages.export, name="audit-export"),
    path("people/", people.people, name="people"),
    path("people/<int:membership_id>/", people.change_person, name="people-change"),
]

handler403 = errors.not_allowed
handler404 = errors.not_found
handler500 = errors.our_mistake
