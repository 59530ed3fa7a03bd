"""Which address shows which page."""

from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.i18n import set_language

from kinline.web import health, home, installable, sign_in, webhooks
from kinline.web.api.interface import api
from kinline.web.api.staff import staff_api
from kinline.web.family import (
    account,
    cards,
    cases,
    landing,
    money,
    paying,
    phone_pin,
    phone_tests,
    plans,
    refunds,
    statement,
)
from kinline.web.family import calls as family_calls
from kinline.web.family import help as guides
from kinline.web.family import vouchers as prepaid_cards
from kinline.web.files import pages as files
from kinline.web.rates import pages as rates
from kinline.web.staff import (
    billing,
    compliance,
    credit,
    history,
    history_figures,
    imports,
    invitation,
    members,
    numbers,
    one_case,
    pages,
    pay_outs,
    portal,
    prices,
    reconciliation,
    residents,
    rule_trying,
    rules,
    signing_in,
    staff_credits,
    unclaimed,
)
from kinline.web.staff import cases as staff_cases
from kinline.web.staff import deposits as staff_deposits
from kinline.web.staff import plans as facility_plans
from kinline.web.staff import vouchers as batches

urlpatterns = [
    path("", home.home, name="home"),
    path("app.<str:language>.webmanifest", installable.manifest, name="manifest"),
    path("service-worker.js", installable.service_worker, name="service_worker"),
    path("offline/<str:language>/", installable.offline, name="offline"),
    path("healthz", health.health, name="health"),
    path("api/", api.urls),
    path("language/", set_language, name="set_language"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("welcome/", sign_in.welcome, name="welcome"),
    path("rates/", rates.facilities, name="rates"),
    path("rates/<int:facility_id>/", rates.facility, name="rates_of_facility"),
    path("rates/<int:facility_id>/rates.json", rates.machine_readable, name="rates_machine_readable"),
    path("help/", guides.help_page, name="help"),
    path("help/cases/", cases.cases, name="cases"),
    path("help/cases/new/", cases.new_case, name="new_case"),
    path("help/cases/<int:case_id>/", cases.case, name="case"),
    path("help/<slug:slug>/", guides.guide, name="guide"),
    path("account/", account.account, name="account"),
    path("account/calls/", family_calls.calls, name="calls"),
    path("account/contacts/", landing.contacts, name="contacts"),
    path("account/settings/", landing.settings, name="settings"),
    path("account/voucher/", prepaid_cards.voucher, name="voucher"),
    path("account/statement/", statement.statement, name="statement"),
    path("account/plans/", plans.plans, name="plans"),
    path("account/calls/<int:call_id>/", family_calls.receipt, name="receipt"),
    path("account/test-my-phone/", phone_tests.phone_tests, name="phone_tests"),
    path("account/test-my-phone/<int:test_id>/", phone_tests.phone_test, name="phone_test"),
    path("account/phone-pin/", phone_pin.phone_pin, name="phone_pin"),
    path("account/money/", money.money, name="money"),
    path("account/refund/", refunds.refund, name="refund"),
    path("account/close/", refunds.close, name="close_account"),
    path("account/paying/", paying.paying, name="paying"),
    path("account/invoices/<str:number>/", paying.invoice, name="invoice"),
    path("account/money/payments/<str:reference>/", money.payment, name="payment"),
    path("account/money/payments/<str:reference>/card/", money.payment_card, name="payment_card"),
    path("account/money/cards/", cards.save_card, name="save_card"),
    path("account/money/cards/<int:card_id>/remove/", cards.remove_card, name="remove_card"),
    path("account/money/cards/<str:reference>/", cards.card_form, name="card_form"),
    path("account/money/cards/<str:reference>/saved/", cards.card_saved, name="card_saved"),
    path("account/money/reload/", cards.reload_settings, name="reload_settings"),
    path("documents/<int:document_id>/<int:page>/", files.document, name="document"),
    path("webhooks/stripe", webhooks.stripe, name="stripe_webhook"),
    path("staff/", portal.home, name="staff"),
    path("staff/sign-in/", signing_in.StaffSignIn.as_view(), name="staff_sign_in"),
    path("staff/sign-in/", signing_in.StaffSignIn.as_view(), name="account_login"),
    path("staff/sign-in/second-step/", signing_in.SecondStep.as_view(), name="staff_second_step"),
    path("staff/sign-in/second-step/", signing_in.SecondStep.as_view(), name="mfa_authenticate"),
    path("staff/second-step/", signing_in.set_up, name="staff_second_step_set_up"),
    path("staff/recovery-codes/", signing_in.codes, name="staff_recovery_codes"),
    path("staff/invitation/<str:token>/", invitation.invitation, name="staff_invitation"),
    path("staff/members/", members.members, name="staff_members"),
    path("staff/members/<int:user_id>/", members.member, name="staff_member"),
    path("staff/sign-out/", signing_in.sign_out, name="staff_sign_out"),
    path("staff/api/", staff_api.urls),
    path("staff/who-may-do-what/", portal.who_may_do_what, name="staff_permissions"),
    path("provider/credit/", credit.credit, name="credit"),
    path("provider/billing/", billing.accounts, name="billing"),
    path("provider/billing/<int:account_id>/", billing.account, name="billing_account"),
    path("provider/numbers/", numbers.numbers, name="numbers"),
    path("provider/reconciliation/", reconciliation.reconciliation, name="reconciliation"),
    path("provider/refunds/", pay_outs.pay_outs, name="pay_outs"),
    path("provider/unclaimed/", unclaimed.unclaimed, name="unclaimed"),
    path("provider/credits/", staff_credits.staff_credits, name="staff_credits"),
    path("provider/cases/", staff_cases.staff_cases, name="staff_cases"),
    path("provider/cases/<int:case_id>/", one_case.staff_case, name="staff_case"),
    path("facility/", history.history, name="facility"),
    path("facility/calls.csv", history.export, name="history_export"),
    path("facility/searches/", history.save_search, name="save_search"),
    path("facility/searches/forget/", history.forget_search, name="forget_search"),
    path("facility/figures/", history_figures.figures_page, name="figures"),
    path("facility/deposits/", staff_deposits.facilities, name="deposits"),
    path("facility/deposits/<int:facility_id>/", staff_deposits.facility, name="deposits_of_facility"),
    path("facility/vouchers/", batches.vouchers, name="vouchers"),
    path("facility/prices/", prices.facilities, name="prices"),
    path("facility/prices/<int:facility_id>/", prices.facility, name="prices_of_facility"),
    path("facility/prices/<int:facility_id>/plans/", facility_plans.plans, name="plans_of_facility"),
    path("facility/rules/", rules.rules, name="rules"),
    path("facility/rules/try/", rule_trying.rules_try, name="rules_try"),
    path("facility/rules/trials/<int:trial_id>/", rule_trying.rule_trial, name="rule_trial"),
    path("facility/rules/<str:level>/<int:place>/", rules.rules_of_level, name="rules_of_level"),
    path(
        "facility/identity/documents/<int:identity_document>/<int:page>/", files.of_identity, name="identity_document"
    ),
    path(
        "facility/contacts/documents/<int:relationship_document>/<int:page>/",
        files.of_relationship,
        name="relationship_document",
    ),
    path("facility/residents/", residents.residents_page, name="residents"),
    path("facility/residents/book/", residents.book, name="book"),
    path("facility/residents/<int:resident_id>/", residents.resident, name="resident"),
    path("facility/imports/", imports.facilities, name="imports"),
    path("facility/imports/<int:facility_id>/", imports.facility, name="imports_of_facility"),
    path("facility/imports/<int:facility_id>/<int:import_id>/", imports.one, name="import"),
    path(
        "facility/imports/<int:facility_id>/<int:import_id>/bad-lines.csv", imports.bad_lines, name="import_bad_lines"
    ),
    path("facility/compliance/", compliance.page, name="compliance"),
    path("facility/calls/<int:call_id>/", pages.call, name="facility_call"),
    path("facility/calls/<int:call_id>/recording.wav", pages.recording, name="recording"),
]

handler429 = sign_in.too_many_tries
