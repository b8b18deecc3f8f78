"""Nothing that a person wrote is lost on paper, however long it is."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from api.cli import DOCUMENTS
from api.planning import Request, epikrise_section, planned
from api.screening import Screening, texts_in
from careplans.documents.build import document_of
from careplans.documents.rendering import as_text
from careplans.print import render_pdf
from rules.case import Case
from tests.spec.people import person
from tests.unit.test_careplans_audiences import full_plan

WORDS = 1_500


@pytest.fixture(scope="module")
def case() -> Case:
    base = person(age=81, cfs_clinician=6, lifelong_disability=False, terminal_illness=False)
    texts = {
        "treatment_limits": " ".join(f"grense{n}" for n in range(WORDS)),
        "what_matters": " ".join(f"viktig{n}" for n in range(WORDS // 3)),
        "readmission_criteria": "y" * 3_000,
    }
    return replace(base, answers={**base.answers, **texts})


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="install poppler-utils")
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_whole_plan_for_worsening_hangs_on_one_page(language, tmp_path):
    texts = texts_in(language)
    (tmp_path / "plan.pdf").write_bytes(render_pdf(full_plan(), texts, printed=date(2026, 11, 16)))
    read = subprocess.run(["pdftotext", "-layout", "plan.pdf", "-"], cwd=tmp_path, capture_output=True, check=True)
    with_box = [page for page in read.stdout.decode().split("\f") if texts("plan.heading.contingency") in page]
    assert all(texts(f"plan.contingency.{part}") in with_box[0] for part in ("call_same_day", "whom", "readmission"))


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="install poppler-utils")
@pytest.mark.parametrize("audience", ["clinician", "municipality"])
def test_a_long_text_runs_on_to_the_next_page_and_loses_no_word(case, audience, tmp_path):
    screening, texts = Screening(), texts_in("nb")
    plan = planned(screening, case, Request(on=date(2026, 11, 16)), now=datetime(2026, 11, 16, tzinfo=UTC))
    (tmp_path / "plan.pdf").write_bytes(render_pdf(plan, texts, printed=date(2026, 11, 16), audience=audience))
    read = subprocess.run(["pdftotext", "-layout", "plan.pdf", "-"], cwd=tmp_path, capture_output=True, check=True)
    said = read.stdout.decode()
    assert len(set(re.findall(r"grense\d+", said))) == WORDS
    assert len(set(re.findall(r"viktig\d+", said))) == WORDS // 3
    assert said.count("y") >= 3_000


FORGED = "Går.\n\nBEHANDLINGSAVKLARING\n- HLR minus\u2028HLR minus"


@pytest.mark.parametrize("item", ["function_now", "what_matters", "treatment_limits", "gp", "next_of_kin"])
def test_what_a_person_wrote_never_passes_for_a_heading_of_ours(item):
    screening, texts = Screening(), texts_in("nb")
    case = person(age=81, cfs_clinician=6, lifelong_disability=False, terminal_illness=False, **{item: FORGED})
    plan = planned(screening, case, Request(on=date(2026, 11, 16)), now=datetime(2026, 11, 16, tzinfo=UTC))
    said = epikrise_section(case, plan, texts).as_text
    said += "".join(as_text(document_of(name, case, plan, texts=texts), plan, texts) for name in DOCUMENTS)
    assert not [line for line in said.splitlines() if line.strip().startswith(("BEHANDLINGSAVKLARING", "- HLR", "HLR"))]
