"""What is an OpenAlex topic called, and how many works does OpenAlex hold on it?"""

import narwhals as nw

from legation.model import Example, Indicator, Measure

INDICATOR = Indicator(
    label={"en": "Size of topics", "ko": "주제별 문헌 규모"},
    measures={
        "name": Measure({"en": "Name", "ko": "주제명"}, "name, in English"),
        "works": Measure({"en": "Works in OpenAlex", "ko": "OpenAlex 수록 문헌 수"}, "works", None, "count"),
    },
    formula=r"n_t = \#\{w : \text{primary topic of } w = t\}",
    reference="Priem, Piwowar & Orr 2022, doi:10.48550/arXiv.2205.01833",
    by=("source",),
    key=("topic",),
    caveats=("papers_are_not_capability",),
    example=Example(
        given={
            "topics": """
                topic   name                    works
                T10020  Quantum information     150000
                T11804  Quantum many-body       60000
            """
        },
        expect="""
            topic   name                 works
            T10020  Quantum information  150000
            T11804  Quantum many-body    60000
        """,
        working="As the publisher has it.",
    ),
    is_not="importance: topics are cut by an algorithm, some finer than others.",
    checked="the publisher's table",
)


def compute(topics: nw.LazyFrame) -> nw.LazyFrame:
    return topics.select("source", "topic", "name", "works")
