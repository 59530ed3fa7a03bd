"""The guides: each in both languages, of one structure, with links that lead somewhere; and the search over them."""

import pytest
from django.test import Client
from django.urls import NoReverseMatch

from kinline.core.identity import Language
from kinline.core.reasons import CATALOGUE, Reason
from kinline.support.guides import ORDER, Guide, guides, written
from kinline.support.search import search
from kinline.web.family.help import address_of


def test_each_guide_exists_in_both_languages_and_says_the_same_things() -> None:
    assert written() == {f"{slug}.{language}.md" for slug in ORDER for language in Language}
    for slug in ORDER:
        english, spanish = (guides(language)[slug] for language in Language)
        assert english.title != spanish.title
        assert [(block.kind, len(block.lines)) for block in english.blocks] == [
            (block.kind, len(block.lines)) for block in spanish.blocks
        ], slug
        assert list(english.targets()) == list(spanish.targets()), slug
        for each in (english, spanish):
            assert each.title
            assert each.about.endswith(".")
            assert each.words
            assert not set("*[]") & set(each.text), slug


@pytest.mark.django_db
def test_every_link_of_a_guide_leads_somewhere() -> None:
    stranger = Client()
    for target in sorted({target for slug in ORDER for target in guides(Language.ENGLISH)[slug].targets()}):
        try:
            address = address_of(target)
        except NoReverseMatch:
            pytest.fail(f"{target} leads nowhere")
        if address.startswith("/"):
            assert stranger.get(address).status_code in (200, 302), target
        else:
            assert address.startswith("https://"), target


@pytest.mark.parametrize(
    ("asked", "language", "slug"),
    [
        ("how do I get my money back", Language.ENGLISH, "refunds"),
        ("unblock", Language.ENGLISH, "block"),
        ("complain fcc", Language.ENGLISH, "complain"),
        ("video visit", Language.ENGLISH, "not-yet"),
        ("DEPOSITO", Language.SPANISH, "add-money"),
        ("¿cómo me quejo? queja", Language.SPANISH, "complain"),
        ("la llamada se oye mal, con eco", Language.SPANISH, "sound"),
    ],
)
def test_a_question_finds_its_guide(asked: str, language: Language, slug: str) -> None:
    found = search(asked, language)
    assert slug in [each.slug for each in found[:2] if isinstance(each, Guide)]


def test_the_words_of_a_failed_call_find_its_reason_and_no_protected_one() -> None:
    assert Reason.OFFER_MACHINE in search("call went to voicemail machine", Language.ENGLISH)
    assert Reason.OFFER_NO_KEY in search("No se oprimió a tiempo una tecla", Language.SPANISH)
    for entry in CATALOGUE.values():
        if entry.is_protected:
            for language in Language:
                assert entry.reason not in search(entry.family.in_language(language), language)
