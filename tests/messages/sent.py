"""Messages as other systems send them, about synthetic people."""

from __future__ import annotations

from itertools import count

NUMBERS = count(1)
LOGISTIC = {
    "LOG_INNLAGT": ("MeldingInnlagtPasient", "1"),
    "LOG_UTSKRIVNINGSKLAR": ("MeldingUtskrivningsklarPasient", "3"),
    "LOG_AVMELDING": ("AvmeldingUtskrivningsklarPasient", "4"),
    "LOG_UTSKREVET": ("MeldingOmUtskrevetPasient", "2"),
    "LOG_DOD": ("OrienteringOmDod", "13"),
}
ROOTS = {
    "INNLEGGELSESRAPPORT": ("p7", "Innleggelsesrapport", "Innleggelsesrapport"),
    "HELSEOPPL_SOKNAD": ("p5", "HelseopplysningerVedSoknad", "HelseopplysningerVedSoknad"),
    "HELSEOPPLYSNINGER_LEGE": ("p6", "Konsultasjon", "HelseopplysningerTilLege"),
    "MEDISINSKE_OPPLYSNINGER": ("p4", "OverforingMedisinskeOpplysninger", "MedisinskeOpplysninger"),
    **dict.fromkeys(LOGISTIC, ("p1", "Pasientlogistikk", "Pasientlogistikk")),
}
MESSAGE = """<?xml version="1.0" encoding="UTF-8"?>
<MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24">
<MsgInfo><Type V="{kind}"/><MIGversion>v1.2 2006-05-24</MIGversion>
<GenDate>{sent}</GenDate><MsgId>{msg_id}</MsgId>{reference}
<Sender><Organisation><OrganisationName>{sender}</OrganisationName></Organisation></Sender>
<Receiver><Organisation><OrganisationName>St. Olavs hospital</OrganisationName></Organisation></Receiver>
<Patient><FamilyName>Prøve</FamilyName><GivenName>Gry</GivenName><DateOfBirth>{born}</DateOfBirth><Sex V="2"/>
<Ident><Id>{person}</Id><TypeId V="{type_id}" S="2.16.578.1.12.4.1.1.8116"/></Ident></Patient></MsgInfo>
<Document><RefDoc><MsgType V="XML"/><Content>
<{prefix}:{root} xmlns:{prefix}="http://www.kith.no/xmlstds/po/{namespace}/2012-04-01"
 xmlns="http://www.kith.no/xmlstds/po/poKomponent/2012-04-01" xmlns:fk1="http://www.kith.no/xmlstds/felleskomponent1"
 xmlns:epj3="http://www.kith.no/xmlstds/epj/epj3/2008-02-20">
<InformasjonOmForsendelsen><Forsendelsesstatus V="{status}"/></InformasjonOmForsendelsen>
{body}
</{prefix}:{root}></Content></RefDoc></Document></MsgHead>"""


def message(
    kind: str,
    person: str,
    body: str,
    *,
    sent: str,
    status: str = "N",
    msg_id: str | None = None,
    refers_to: str | None = None,
    sender: str = "Malvik kommune",
    born: str = "1945-01-15",
    type_id: str = "FNR",
) -> bytes:
    """Return a message; each has an id of its own unless one is given."""
    prefix, root, namespace = ROOTS[kind]
    parent = f"<RefToParent>{refers_to}</RefToParent><RefToConversation>{refers_to}</RefToConversation>"
    return MESSAGE.format(
        kind=kind,
        sent=sent,
        msg_id=msg_id or f"m-{next(NUMBERS)}",
        reference=f"<ConversationRef>{parent}</ConversationRef>" if refers_to else "",
        sender=sender,
        born=born,
        person=person,
        type_id=type_id,
        prefix=prefix,
        root=root,
        namespace=namespace,
        status=status,
        body=body,
    ).encode()


def happened(kind: str, at: str, *, estimate: bool = False, more: str = "") -> str:
    """Return the content of a logistic message: what has happened, and other events in it."""
    element, code = LOGISTIC[kind]
    to = '<UtskrevetTil><UtTil V="1"/></UtskrevetTil>' if kind == "LOG_UTSKREVET" else ""
    prefixed = f"p1:{element}"
    return f"<{prefixed}>{to}{more}{event(code, at, estimate=estimate)}</{prefixed}>"


def event(code: str, at: str, *, estimate: bool = False) -> str:
    """Return an event with its time."""
    return (
        f'<TidsfestetHendelse><Hendelsekode V="{code}" S="2.16.578.1.12.4.1.1.9121"/>'
        f'<TidspunktForHendelse V="{at}"/><Anslag>{str(estimate).lower()}</Anslag></TidsfestetHendelse>'
    )


def alone(answer: bool = True) -> str:
    """Return whether the person lives alone."""
    return f"<TilleggsopplysningPasient><BorAlene>{str(answer).lower()}</BorAlene></TilleggsopplysningPasient>"


def diagnosis(code: str) -> str:
    """Return a diagnosis."""
    return (
        "<InfoMedisinskDiagnose><MedisinskDiagnose><Hoveddiagnose>true</Hoveddiagnose>"
        f'<Diagnosekode V="{code}" S="2.16.578.1.12.4.1.1.7110"/></MedisinskDiagnose></InfoMedisinskDiagnose>'
    )


def service(code: str) -> str:
    """Return a service that the person has."""
    kind = f'<IPLOStjenestetype V="{code}" S="2.16.578.1.12.4.1.1.9151"/>'
    return f"<EksisterendeTjeneste>{kind}<PrivatTjeneste>false</PrivatTjeneste></EksisterendeTjeneste>"


def medicine(name: str) -> str:
    """Return a medicine that is taken every day."""
    info = f'<epj3:Forskrivningsinfo><epj3:Navn>{name}</epj3:Navn><epj3:Bruk V="1"/></epj3:Forskrivningsinfo>'
    return f"<epj3:Legemiddelinfo><epj3:ForenkletForskrivning>{info}</epj3:ForenkletForskrivning></epj3:Legemiddelinfo>"
