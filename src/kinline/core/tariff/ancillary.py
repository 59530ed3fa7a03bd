"""Charges that nobody may make, whatever they are called: for paying, for an account, a bill, or a call as such.

A name is a sign and no proof, in either direction: whoever puts a tax on a list names the law that demands it, too.
"""

import re
import unicodedata
from typing import Final

_OF_LAW: Final = re.compile(
    r"\b((public|state|corporation|commerce|communications|regulatory|railroad|utilit(y|ies)|services?) )+commission\b"
    r"|\bregulatory commission of\b|\bcomision (de servicios publicos|federal|estatal|reguladora)\b"
    r"|\b(infrastructure maintenance|right[ -]of[ -]way maintenance|mantenimiento de infraestructura)\b"
    r"|\breimbursement account\b|\bcuenta de reembolso\b"
    r"|\b(universal|relay|lifeline|emergency|e?-?911|9-1-1) services?\b"
    r"|\bservicios? (universal|de (relevo|retransmision|emergencias?)|(del )?911)\b"
)
"""Whom laws let collect, and what for, in words that fees are named with too."""

_ANCILLARY: Final = re.compile(
    r"\b(convenience|processing|transactions?|administrati(ve|on)|automated|live[ -]?agent|paper|statements?|billing|"
    r"single[ -]call|connection|set-?up|activation|maintenance|deposits?|funding|refunds?|accounts?|commissions?|"
    r"handling|technology|platform|validation|recovery|portal|kiosks?|wallets?|top[ -]?ups?|reloads?|"
    r"(^services?|monthly( services?)?|card|call|web|online|app|payment|voucher|message|pin) "
    r"(fees?|charges?|surcharges?|costs?)|"
    r"(fees?|charges?|surcharges?) (for|per|of) (the |a |each )?"
    r"(services?|cards?|calls?|payments?|vouchers?|messages?|pins?)|"
    r"conveniencia|procesamiento|transaccion(es)?|administrativ[oa]s?|administracion|automatizad[oa]|agente|papel|"
    r"factura(cion)?s?|estados? de cuenta|conexion|activacion|mantenimiento|depositos?|recargas?|reembolsos?|"
    r"cuentas?|comision(es)?|manejo|gestion|tecnologia|plataforma|validacion|recuperacion|kioscos?|quioscos?|carteras?|"
    r"(cargos?|tarifas?|cuotas?|recargos?|tasas?|costos?) (mensual(es)?|(de|del|por)( la| el| las| los)?( cada)? "
    r"(servicios?(?! (de|para) )|tarjetas?|llamadas?|pagos?|vales?|mensajes?|pin|uso)))\b"
)


def is_ancillary(name: str) -> bool:
    """Whether a charge of this name is an ancillary service charge (47 CFR 64.6000), which 64.6020 forbids: no tax and
    no fee that a law demands of the caller is called so, in English or Spanish."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(each))
    return _ANCILLARY.search(_OF_LAW.sub(" ", " ".join(plain.split()))) is not None
