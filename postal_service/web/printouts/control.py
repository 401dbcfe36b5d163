"""From a dossier's way to its control slip. Papers are Vietnamese, whatever the screen speaks."""

from datetime import datetime
from typing import Final

from postal_service.domain.acts import Accept, Found, Leg
from postal_service.domain.issued_forms import Form
from postal_service.domain.timeliness import Timeliness
from postal_service.papers.told_times import on_paper
from postal_service.printing import control_slip
from postal_service.printing.control_slip import ControlSlip
from postal_service.projections.timelines import Party
from postal_service.services.hops import Hop, hops
from postal_service.services.overview import DossierView, Names
from postal_service.web.labels import PAPERS_BACK, vietnamese
from postal_service.web.printouts.letters import form_on_its_date

STANDINGS: Final = {
    Timeliness.NO_DATE: "chưa tính hạn",
    Timeliness.BEFORE: "trước hạn",
    Timeliness.ON_THE_DAY: "đúng hạn",
    Timeliness.AFTER: "quá hạn",
}
CITIZEN, RECEIVER = "công dân", "người nhận kết quả"
AGENCY, FOUND_AGAIN = "cơ quan giải quyết", "tìm thấy lại"


def slip(view: DossierView, *, label_host: str, printed_by: str, place: str, at: datetime) -> bytes:
    """A dossier that was never in the post's hands has a slip without rows."""
    dossier = view.dossier
    legs = {each.item: each.leg for each in view.standings}
    back = dossier.gives_back
    newest = max(view.moments, key=lambda each: each.index, default=None)
    return control_slip.render(
        ControlSlip(
            dossier_code=dossier.code,
            agency_name=view.names.unit(dossier.competent_unit),
            desk_name=view.names.unit(dossier.received_unit),
            place=place,
            procedure_code=view.procedure.code,
            procedure_name=view.procedure.name,
            received_at=dossier.received_at,
            due_at=dossier.due_at,
            state=vietnamese(dossier.administrative),
            hops=tuple(
                _row(each, view.names, gives_back=back)
                for each in hops(view.moments, view.steps, legs)
            ),
            chain_head=newest.leaf_hash if newest else "",
            check_link=f"HTTPS://{label_host}/{newest.item}" if newest else "",
            printed_at=at,
            officer_name=printed_by,
            issued_as=form_on_its_date(dossier, Form.CONTROL_SLIP),
        )
    )


def _row(hop: Hop, names: Names, *, gives_back: bool) -> control_slip.Hop:
    moment = hop.moment
    kind = vietnamese(hop.leg) if hop.leg else ""
    if gives_back and hop.leg is Leg.OUT:
        kind = PAPERS_BACK[0]
    notes = [kind, moment.item]
    if said := "; ".join(on_paper(moment.time)):
        notes.append(f"({said})")
    return control_slip.Hop(
        at=moment.claimed_at,
        giver=_side(moment.giver, names, otherwise=_where_from(hop)),
        taker=_side(moment.taker, names, otherwise=CITIZEN if gives_back else RECEIVER),
        standing=STANDINGS[hop.standing],
        note=" ".join(note for note in notes if note),
    )


def _side(party: Party | None, names: Names, *, otherwise: str) -> str:
    if party is None:
        return otherwise
    return f"{names.person(party.staff)} — {names.unit(party.unit)}"


def _where_from(hop: Hop) -> str:
    act = hop.moment.act
    if isinstance(act, Found):
        return FOUND_AGAIN
    return AGENCY if isinstance(act, Accept) and act.leg is Leg.OUT else CITIZEN
