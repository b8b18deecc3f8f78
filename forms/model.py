"""The strict input model of a case, built from the items: `"6"` is not 6, `true` is not 1, an unknown key is refused.

`read_case` is the only way in; what leaves it are the frozen values of `rules.case`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    ValidationError,
    ValidationInfo,
    create_model,
    field_validator,
    model_validator,
)

from engine.facts import SetAnswer
from engine.items import Item
from forms.dates import read_day, read_moment, within_range
from forms.identity import parse_identity_number
from forms.refusals import as_input_error, refuse_too_many, refused
from rules.case import (
    Answer,
    Appointment,
    Case,
    Diagnosis,
    Encounter,
    Medicine,
    Note,
    Patient,
    Rater,
    Source,
    Treatment,
)
from rules.codes import CODE_SHAPES
from rules.knowledge import ITEMS, TREATMENT
from rules.times import oslo

ANSWERABLE = tuple(item for item in ITEMS.values() if item.kind != "list")
APPOINTMENTS, TIMES = TREATMENT["appointments"], TREATMENT["times"]

Text = Annotated[StrictStr, Field(max_length=20_000)]
VISIBLE = "LMNPS"  # the first letters of the Unicode categories of signs that can be seen
MOST_NOTES = 500


def _iso_date(value: object) -> object:
    """Take what is written as a day or a time; anything else is for pydantic to refuse."""
    return read_day(value) if isinstance(value, str) else value


def _iso_time(value: object) -> object:
    return read_moment(value) if isinstance(value, str) else value


def _readable(text: str) -> str:
    """Refuse a text of nothing but spaces and signs that cannot be seen: it would print as an empty name."""
    if not any(unicodedata.category(sign)[0] in VISIBLE for sign in text):
        raise refused("text_not_visible")
    return text


Name = Annotated[StrictStr, Field(min_length=1, max_length=300), AfterValidator(_readable)]
Day = Annotated[date, BeforeValidator(_iso_date), AfterValidator(within_range)]
Time = Annotated[datetime, BeforeValidator(_iso_time), AfterValidator(oslo), AfterValidator(within_range)]
Amount = Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False, strict=True)]


def _time_of_day(value: str) -> str:
    if value in TIMES["parts_of_day"] or re.fullmatch(TIMES["clock"], value):
        return value
    raise refused("not_a_time_of_day", allowed=list(TIMES["parts_of_day"]))


TimeOfDay = Annotated[StrictStr, Field(max_length=20), AfterValidator(_time_of_day)]


class Strict(BaseModel):
    """No unknown keys, no coercion; null is unknown."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PatientModel(Strict):
    """The person."""

    id: Annotated[StrictStr, Field(max_length=20)] | None = None
    local_id: Name | None = None
    name: Name | None = None
    birth_date: Day | None = None
    sex: Literal["female", "male", "unknown"] | None = None
    municipality: Annotated[StrictStr, Field(pattern=r"^[0-9]{4}$")] | None = None


class EncounterModel(Strict):
    """The hospital stay."""

    id: Name | None = None
    admitted: Time | None = None
    ward: Name | None = None
    room: Name | None = None
    urgency: Literal["acute", "elective"] | None = None
    expected_discharge: Day | None = None
    discharged: Time | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.admitted:
            for field, day in (("expected_discharge", self.expected_discharge), ("discharged", self.discharged)):
                last = day.date() if isinstance(day, datetime) else day
                if last and last < self.admitted.date():
                    raise refused("before_admission", within=(field,))
        return self


class DiagnosisModel(Strict):
    """A diagnosis code in its system; `name` is what it is called, for people to read."""

    code: Annotated[StrictStr, Field(min_length=1, max_length=200)]
    system: Annotated[StrictStr, Field(min_length=1, max_length=200)] = "icd-10"
    main: StrictBool = False
    name: Name | None = None

    @model_validator(mode="after")
    def _code_of_its_system(self) -> Self:
        shape = CODE_SHAPES.get(self.system)
        if shape and not re.fullmatch(shape, self.code):
            raise refused("code_not_of_system", system=self.system)
        return self


class MedicineModel(Strict):
    """A line of the medicine list; `dose` is the daily dose, `times` when in the day it is taken."""

    atc: Annotated[StrictStr, Field(max_length=40)] | None = None
    name: Name | None = None
    use: Literal["regular", "as_needed"] | None = None
    start: Annotated[Day | None, Field(alias="from")] = None
    stop: Annotated[Day | None, Field(alias="to")] = None
    doses_per_day: Amount | None = None
    dose: Amount | None = None
    unit: Annotated[StrictStr, Field(max_length=20)] | None = None
    times: Annotated[list[TimeOfDay], Field(min_length=1, max_length=TIMES["most_a_day"])] | None = None

    @model_validator(mode="after")
    def _times_hold_the_doses(self) -> Self:
        if self.times and len(set(self.times)) < len(self.times):
            raise refused("time_twice")
        if self.times and self.doses_per_day and self.doses_per_day > len(self.times):
            raise refused("more_doses_than_times")
        return self

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start and self.stop and self.stop < self.start:
            raise refused("stopped_before_start")
        if not (self.atc or self.name):
            raise refused("medicine_unnamed")
        return self


class AppointmentModel(Strict):
    """Appointments of one kind, and how many in a year."""

    kind: Literal[tuple(APPOINTMENTS["kinds"])]  # type: ignore[valid-type] # the kinds are data
    times: Annotated[StrictInt, Field(ge=0, le=APPOINTMENTS["most_a_year"])] | None = None


class TreatmentModel(Strict):
    """What the treatment asks beside the medicines; a list of appointments is complete, as the other lists are."""

    daily_tasks: Annotated[StrictInt, Field(ge=0, le=TREATMENT["daily_tasks"]["most"])] | None = None
    appointments_a_year: Annotated[list[AppointmentModel], Field(max_length=50)] | None = None


class RaterModel(Strict):
    """Who judged the clinician's CFS."""

    role: Name | None = None
    time: Time | None = None


ValueName = Annotated[StrictStr, Field(pattern=r"^[a-z_]{1,40}$")]
ShortText = Annotated[StrictStr, Field(max_length=200)]
Finite = Annotated[float, Field(allow_inf_nan=False, strict=True)]


class NoteModel(Strict):
    """What the sender's own reader noted; the words of a note that is not ours are for whoever shows it."""

    code: Annotated[StrictStr, Field(pattern=r"^[a-z_0-9]{1,60}$")]
    where: Annotated[StrictStr, Field(max_length=200)] = ""
    values: Annotated[dict[ValueName, ShortText | StrictInt | Finite], Field(max_length=20)] = {}


class SourceModel(Strict):
    """Where an answer was read from, so that a person can confirm it."""

    origin: Annotated[Name, Field(alias="from")]
    id: Name | None = None
    time: Time | None = None
    status: Literal["proposed", "confirmed"] = "proposed"


def _answer_type(item: Item) -> Any:
    codes: Any = Literal[item.codes] if item.codes else None
    match item.kind:
        case "yes_no":
            return StrictBool
        case "count":
            return Annotated[StrictInt, Field(ge=item.low, le=item.high)]
        case "choice":
            return codes
        case "set":
            return list[codes] | dict[codes, StrictBool | None]
        case _:
            return Text


@cache
def answers_model() -> type[Strict]:
    """Return the model of `answers`: one optional field an item, of the item's own kind and range."""
    fields: dict[str, Any] = {item.id: (_answer_type(item) | None, None) for item in ANSWERABLE}
    return create_model("AnswersModel", __base__=Strict, **fields)


class CaseModel(Strict):
    """A whole case, as the contract writes it."""

    schema_: Annotated[Literal["retthjem/case/1"] | None, Field(alias="schema")] = None
    patient: PatientModel = PatientModel()
    encounter: EncounterModel = EncounterModel()
    answers: Annotated[Any, Field(validate_default=True)] = None
    conditions: Annotated[list[DiagnosisModel], Field(max_length=2000)] | None = None
    medicines: Annotated[list[MedicineModel], Field(max_length=2000)] | None = None
    treatment: TreatmentModel | None = None
    rater: RaterModel | None = None
    notes: Annotated[list[NoteModel], Field(max_length=MOST_NOTES, fail_fast=True)] = []
    sources: dict[Literal[tuple(ITEMS)], SourceModel] = {}  # type: ignore[valid-type] # the items are data

    @field_validator("answers", mode="before")
    @classmethod
    def _strict_answers(cls, value: object, _: ValidationInfo) -> Strict:
        return answers_model().model_validate({} if value is None else value)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if sum(each.main for each in self.conditions or ()) > 1:
            raise refused("several_main_diagnoses")
        born, admitted = self.patient.birth_date, self.encounter.admitted
        if born and admitted and admitted.date() < born:
            raise refused("born_after_admission")
        return self


def read_case(content: object) -> Case:
    """Return the case that the JSON value holds; raise `InputError` for the first thing that is wrong with it."""
    refuse_too_many(content)
    try:
        model = CaseModel.model_validate(content)
    except ValidationError as wrong:
        raise as_input_error(wrong) from None
    if model.patient.id is not None:
        parse_identity_number(model.patient.id, "patient.id")
    return _case(model)


def _case(model: CaseModel) -> Case:
    return Case(
        patient=Patient(**model.patient.model_dump()),
        encounter=Encounter(**model.encounter.model_dump()),
        answers=_answers(model),
        diagnoses=None
        if model.conditions is None
        else tuple(Diagnosis(**each.model_dump()) for each in model.conditions),
        medicines=None if model.medicines is None else tuple(map(_medicine, model.medicines)),
        treatment=_treatment(model.treatment or TreatmentModel()),
        rater=Rater(**model.rater.model_dump()) if model.rater else None,
        notes=tuple(Note(each.code, each.where, each.values) for each in model.notes),
        sources={item: Source(**each.model_dump()) for item, each in model.sources.items()},
    )


def _medicine(model: MedicineModel) -> Medicine:
    return Medicine(**(model.model_dump() | {"times": tuple(model.times) if model.times else None}))


def _treatment(model: TreatmentModel) -> Treatment:
    said = model.appointments_a_year
    return Treatment(
        daily_tasks=model.daily_tasks,
        appointments_a_year=None if said is None else tuple(Appointment(**each.model_dump()) for each in said),
    )


def _answers(model: CaseModel) -> dict[str, Answer]:
    given = {item: value for item, value in model.answers.model_dump().items() if value is not None}
    return {
        item: _set_answer(ITEMS[item], value) if ITEMS[item].kind == "set" else value for item, value in given.items()
    }


def _set_answer(item: Item, value: list[str] | Mapping[str, bool | None]) -> SetAnswer:
    """Return a list as a complete answer, an object as a partial one."""
    if isinstance(value, list):
        return SetAnswer(frozenset(value), frozenset(item.codes) - frozenset(value))
    return SetAnswer(
        frozenset(code for code, held in value.items() if held is True),
        frozenset(code for code, held in value.items() if held is False),
    )
