"""The discharge letter's plan section as a Composition, for whoever writes the letter to take in."""

from __future__ import annotations

from collections.abc import Iterator

from api.fhir.about import About, Planned
from api.fhir.elements import OURS, Json, begun, code_table, coding, concept, instant, meta, narrative, person_words
from careplans.course.state import EPIKRISE
from careplans.epikrise import plan_section
from careplans.epikrise_text import epikrise_text


def compositions(about: About) -> Iterator[Json]:
    """Yield the section of each plan; none of someone dead or of a blocked record, as on paper."""
    if about.course.died is None and not about.course.blocked:
        yield from (composition(about, each) for each in about.plans)


def composition(about: About, planned: Planned) -> Json:
    """Return a plan's section, preliminary until the letter is sent."""
    texts = about.texts
    title = texts("fhir.section")
    lines = epikrise_text(plan_section(planned.case, planned.plan), texts).splitlines()
    sent = next((each.state == "done" for each in planned.clocks if each.step == EPIKRISE), False)
    table = code_table("composition")
    return begun("Composition", planned.id, texts, meta(about.version, about.updated)) | {
        "text": narrative([title, *lines]),
        "identifier": {"system": f"{OURS}:plan", "value": planned.state.id},
        "status": "final" if sent else "preliminary",
        "type": concept(coding(table), text=title),
        "subject": about.patient,
        "date": instant(about.updated),
        "author": [{"display": person_words(planned.recorded.by, texts)}],
        "title": title,
        "section": [
            {
                "title": title,
                "text": narrative(lines),
                "entry": [about.place.reference("CarePlan", planned.id)],
            }
        ],
    }
