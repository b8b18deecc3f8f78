"""The demo's own sign-in page: choose whom to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from api.people.access import ADMINISTRATOR, ANALYST, GP, HOSPITAL, MUNICIPALITY, READER, Roles
from api.people.answers import page
from api.people.demo_issuer import SIGN_IN, TOKEN_SECONDS, DemoIssuer, Person, people
from api.people.entrance import Entrance, entrance_of
from api.people.proofs import Sent
from api.people.refused import ProofRefused, SignInFailed
from api.people.targets import targets
from api.people.user import Unit
from api.places.municipalities import municipalities
from api.v1.languages import texts_for
from engine.texts import Texts

LONGEST = 200
GROUPS: Mapping[str, Roles] = {
    "hospital": HOSPITAL,
    "municipality": MUNICIPALITY | GP,
    "other": READER | ANALYST | ADMINISTRATOR,
}
pages = APIRouter(include_in_schema=False)
Way = Annotated[Entrance, Depends(entrance_of)]
Short = Annotated[str, Field(max_length=LONGEST)]


class Question(BaseModel):
    """What a browser brings from us to the provider, and back to it with the choice."""

    model_config = ConfigDict(extra="ignore")
    redirect_uri: Short = ""
    state: Short = ""
    nonce: Short = ""
    code_challenge: Short = ""
    code_challenge_method: Short = ""


class Choice(Question):
    """The question with whom one chose to be."""

    person: Short


def demo_of(way: Way) -> DemoIssuer:
    """Return the demo's provider; these pages are nowhere else."""
    if way.demo is None:
        raise SignInFailed
    return way.demo


Demo = Annotated[DemoIssuer, Depends(demo_of)]


@pages.get(SIGN_IN)
async def choose(request: Request, way: Way, demo: Demo) -> Response:  # noqa: ARG001 # asks that it is a demo
    """Show whom one can be."""
    question = Question.model_validate(dict(request.query_params)).model_dump()
    if not all(question.values()):
        return RedirectResponse("/signin", 303)
    texts = texts_for(request.headers)
    groups = {
        texts(f"demo.group.{group}"): [shown_as(person, texts) for person in people().values() if person.role in roles]
        for group, roles in GROUPS.items()
    }
    return page("demo_sign_in.html.jinja", t=texts, groups=groups, question=question, here=SIGN_IN)


@pages.post(SIGN_IN)
async def chosen(choice: Annotated[Choice, Form()], demo: Demo) -> Response:
    """Send the person back with a code, as any provider does."""
    return RedirectResponse(demo.choose(choice.person, choice.model_dump()), 303)


@pages.post("/demo/token")
async def token(person: Annotated[Short, Form()], request: Request, way: Way, demo: Demo) -> dict[str, str | int]:
    """Return an access token for trying the API, such as with curl; with a proof, one that is bound to its key."""
    way.limiter.count_address(request, "sign_in")
    if person not in people():
        raise SignInFailed
    proofs, bound = request.headers.getlist("dpop"), None
    if proofs:
        sent = Sent(request.method, targets(request, way.settings, way.limiter), None)
        try:
            bound = await way.proofs.check(proofs, sent)
        except ProofRefused:
            raise SignInFailed from None
    kind = "DPoP" if bound else "Bearer"
    return {"access_token": demo.access_token(person, bound), "token_type": kind, "expires_in": TOKEN_SECONDS}


def _called(unit: Unit) -> str:
    """Return what people call a unit: a municipality by its name, and a ward without its hospital."""
    name = unit.id.rpartition("/")[2]
    return municipalities().get(name, name) if unit.kind == "municipality" else name


def shown_as(person: Person, texts: Texts) -> dict[str, str]:
    """Return a person as the page shows them: name, role, and where they work."""
    where = ", ".join(texts(f"demo.unit.{unit.kind}", id=_called(unit)) for unit in person.places)
    initials = "".join(part[0] for part in person.name.split())
    return {
        "id": person.id,
        "name": person.name,
        "initials": initials,
        "role": texts(f"role.{person.role}"),
        "where": where or texts("demo.no_unit"),
        "does": texts(f"demo.does.{person.role}"),
    }
