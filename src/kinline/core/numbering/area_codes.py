"""The area codes of the North American Numbering Plan: where each lies, and which lie nowhere.

Source: the metadata of Google's libphonenumber (package `phonenumbers` 9.0.43), which follows the North American
Numbering Plan Administrator's reports; a test compares this table with the installed package, so that a new area code
shows up as a failing test. It is a table of our own because the package's geographic data takes seconds and 150 MB to
load.
"""

from typing import Final

_UNITED_STATES: Final = {
    "AL": "205 251 256 334 659 938",
    "AK": "907",
    "AZ": "480 520 602 623 928",
    "AR": "327 479 501 870",
    "CA": "209 213 279 310 323 341 350 369 408 415 424 442 510 530 559 562 619 626 628 650 657 661 669 707 714 738 747"
    " 760 805 818 820 831 840 858 909 916 925 949 951",
    "CO": "303 719 720 748 970 983",
    "CT": "203 475 860 959",
    "DE": "302",
    "DC": "202 771",
    "FL": "239 305 321 324 352 386 407 448 561 645 656 689 727 728 754 772 786 813 850 863 904 941 954",
    "GA": "229 404 470 478 678 706 762 770 912 943",
    "HI": "808",
    "ID": "208 986",
    "IL": "217 224 309 312 331 447 464 618 630 708 730 773 779 815 847 872",
    "IN": "219 260 317 463 574 765 812 930",
    "IA": "319 515 563 641 712",
    "KS": "316 620 785 913",
    "KY": "270 364 502 606 859",
    "LA": "225 318 337 504 985",
    "ME": "207",
    "MD": "227 240 301 410 443 667",
    "MA": "339 351 413 508 617 774 781 857 978",
    "MI": "231 248 269 313 517 586 616 734 810 906 947 989",
    "MN": "218 320 507 612 651 763 952",
    "MS": "228 601 662 769",
    "MO": "235 314 417 557 573 636 660 816 975",
    "MT": "406",
    "NE": "308 402 531",
    "NV": "702 725 775",
    "NH": "603",
    "NJ": "201 551 609 640 732 848 856 862 908 973",
    "NM": "505 575",
    "NY": "212 315 329 332 347 363 516 518 585 607 631 646 680 716 718 838 845 914 917 929 934",
    "NC": "252 336 472 704 743 828 910 919 980 984",
    "ND": "701",
    "OH": "216 220 234 283 326 330 380 419 440 513 567 614 740 937",
    "OK": "405 539 572 580 918",
    "OR": "458 503 541 971",
    "PA": "215 223 267 272 412 445 484 570 582 610 717 724 814 835 878",
    "RI": "401",
    "SC": "803 821 839 843 854 864",
    "SD": "605",
    "TN": "423 615 629 731 865 901 931",
    "TX": "210 214 254 281 325 346 361 409 430 432 469 512 682 713 726 737 806 817 830 832 903 915 936 940 945 956 972"
    " 979",
    "UT": "385 435 801",
    "VT": "802",
    "VA": "276 434 540 571 686 703 757 804 826 948",
    "WA": "206 253 360 425 509 564",
    "WV": "304 681",
    "WI": "262 274 353 414 534 608 715 920",
    "WY": "307",
    # The territories are domestic (47 USC 153(58): "State" includes the territories and possessions).
    "AS": "684",
    "GU": "671",
    "MP": "670",
    "PR": "787 939",
    "VI": "340",
}

_ABROAD: Final = {
    "CA": "204 226 236 249 250 257 263 273 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 450 468 474 506"
    " 514 519 548 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867 873 879 902 905"
    " 942",
    "AG": "268",
    "AI": "264",
    "BB": "246",
    "BM": "441",
    "BS": "242",
    "DM": "767",
    "DO": "809 829 849",
    "GD": "473",
    "JM": "658 876",
    "KN": "869",
    "KY": "345",
    "LC": "758",
    "MS": "664",
    "SX": "721",
    "TC": "649",
    "TT": "868",
    "VC": "784",
    "VG": "284",
}

STATES: Final[dict[str, str]] = {code: state for state, codes in _UNITED_STATES.items() for code in codes.split()}
"""Area code -> the state or territory (two letters) of the United States in which it lies."""

PLACES: Final = tuple(sorted(_UNITED_STATES))
"""The states and territories (two letters) of the United States."""

COUNTRIES: Final[dict[str, str]] = {code: country for country, codes in _ABROAD.items() for code in codes.split()}
"""Area code -> the country (ISO 3166) outside the United States that shares country code +1."""

TOLL_FREE: Final = frozenset(
    {"800", "822", "833", "844", "855", "866", "877", "888"}
    | {"880", "881", "882", "883", "884", "885", "886", "887", "889"}
)
"""8YY codes: in use or reserved by the plan for toll-free service."""

PREMIUM: Final = frozenset({"900"})

PERSONAL: Final = frozenset(
    {"500", "521", "522", "523", "524", "525", "526", "527", "528", "529", "532", "533", "535", "538", "542", "543"}
    | {"544", "545", "546", "547", "549", "550", "552", "553", "554", "556", "566", "569", "577", "578", "588", "589"}
)
"""5XX codes for personal communications: the call may end anywhere, at any price."""

CARRIER: Final = frozenset({"600", "622", "633", "700", "710"})
"""Carrier services (700), the government's emergency service (710), Canadian data services (6XX): never families."""
