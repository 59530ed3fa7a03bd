"""No fee comes in by calling itself a tax."""

import pytest

from kinline.core.tariff import is_ancillary


@pytest.mark.parametrize(
    "name",
    [
        "Automated payment fee",
        "Live agent fee",
        "Paper bill fee",
        "Single-call fee",
        "Third-party transaction fee",
        "CONVENIENCE",
        "Account maintenance",
        "Regulatory cost recovery fee",
        "Set-up charge",
        "Site commission",
        "Service fee",
        "Service  charge",
        "Card fee",
        "Call fee",
        "Fee for each call",
        "Portal fee",
        "Kiosk surcharge",
        "Universal service processing fee",
        "Wallet fee",
        "Top-up charge",
        "Top up fee",
        "Reload fee",
        "Monthly fee",
        "Monthly service fee",
        "PIN fee",
        "Fee for the service",
        "Cargo de servicio",
        "Cargo por la llamada",
        "Tarifa de conveniencia",
        "Recargo por tarjeta",
        "COMISIÓN DE PROCESAMIENTO",
        "Mantenimiento de la cuenta",
        "Cargo de cartera",
        "Cargo de recarga",
        "Cuota mensual",
        "Cargo por el PIN",
    ],
)
def test_what_the_law_calls_ancillary_and_what_else_providers_have_charged(name: str) -> None:
    assert is_ancillary(name)


@pytest.mark.parametrize(
    "name",
    [
        "Louisiana sales tax",
        "Federal universal service",
        "State 911 fee",
        "Telecommunications relay service",
        "Utility users tax",
        "Gross receipts tax",
        "Franchise fee of the city",
        "Public Utilities Commission user fee",
        "Public Utilities Commission Reimbursement Account",
        "Public Service Commission assessment",
        "Telecommunications Infrastructure Maintenance Fee",
        "Communications services tax",
        "Universal Service Fund fee",
        "Emergency 911 service fee",
        "E911 service charge",
        "Telecommunications relay service surcharge",
        "Telecommunications service fee",
        "Deaf services fee",
        "Recargo por servicios de telecomunicaciones",
        "Impuesto sobre las ventas de Luisiana",
        "Servicio universal federal",
        "Cargo por servicio universal",
        "Cargo estatal por el servicio 911",
        "Impuesto a los servicios de comunicaciones",
    ],
)
def test_what_laws_demand_of_callers(name: str) -> None:
    assert not is_ancillary(name)
