"""A fence in every nesting that posts use; ``{MARK}`` is its last line."""

from __future__ import annotations

NESTINGS = {
    "top": "```python\nx = 1\n{MARK}\n```\n",
    "tilde": "~~~python\nx = 1\n{MARK}\n~~~\n",
    "long fence": "`````python\nx = 1\n```\n{MARK}\n`````\n",
    "py": "``` py\nx = 1\n{MARK}\n```\n",
    "braces": '``` { .python title="a.py" hl_lines="1" linenums="1" }\nx = 1\n{MARK}\n```\n',
    "options": '```python title="a.py" hl_lines="1 2" linenums="1"\nx = 1\n{MARK}\n```\n',
    "in a paragraph": "before\n```python\nx = 1\n{MARK}\n```\nafter\n",
    "list": "- item\n\n    ```python\n    x = 1\n    {MARK}\n    ```\n",
    "ordered list": "1. item\n2. item\n\n    ```python\n    x = 1\n    {MARK}\n    ```\n",
    "definition": "word\n\n:   meaning\n\n    ```python\n    x = 1\n    {MARK}\n    ```\n",
    "footnote": "text[^1]\n\n[^1]:\n    note\n\n    ```python\n    x = 1\n    {MARK}\n    ```\n",
    "admonition": "!!! note\n    text\n\n    ```python\n    x = 1\n    {MARK}\n    ```\n",
    "details": '??? tip "보기"\n    ```python\n    x = 1\n    {MARK}\n    ```\n',
    "tab": '=== "하나"\n\n    ```python\n    x = 1\n    {MARK}\n    ```\n\n=== "둘"\n\n    글\n',
    "quote": "> text\n>\n> ```python\n> x = 1\n> {MARK}\n> ```\n",
    "quote in quote": "> > ```python\n> > x = 1\n> > {MARK}\n> > ```\n",
    "block": "/// admonition | title\n\n```python\nx = 1\n{MARK}\n```\n\n///\n",
    "html": "<div markdown>\n\n```python\nx = 1\n{MARK}\n```\n\n</div>\n",
    "list, admonition": (
        "- item\n\n    !!! note\n        text\n\n        ```python\n        x = 1\n"
        "        {MARK}\n        ```\n"
    ),
    "list, list, quote": (
        "- item\n\n    - item\n\n        > ```python\n        > x = 1\n        > {MARK}\n"
        "        > ```\n"
    ),
    "admonition, tab, list": (
        '!!! note\n\n    === "하나"\n\n        1. item\n\n            ```python\n'
        "            x = 1\n            {MARK}\n            ```\n"
    ),
    "tab, details, ordered list": (
        '=== "하나"\n\n    ??? note\n\n        1. item\n\n            ~~~python\n'
        "            x = 1\n            {MARK}\n            ~~~\n"
    ),
    "details, admonition, tab": (
        '??? note\n\n    !!! tip\n\n        === "하나"\n\n            ```python\n'
        "            x = 1\n            {MARK}\n            ```\n"
    ),
    "quote, list, admonition": (
        "> - item\n>\n>     !!! note\n>\n>         ```python\n>         x = 1\n"
        ">         {MARK}\n>         ```\n"
    ),
    "tab signs": "- item\n\n\t```python\n\tx = 1\n\t{MARK}\n\t```\n",
    "tab signs, twice": "- item\n\n\t!!! note\n\n\t\t```python\n\t\tx = 1\n\t\t{MARK}\n\t\t```\n",
    "mixed tabs": "- item\n\n    !!! note\n\n\t\t```python\n\t\tx = 1\n\t\t{MARK}\n\t\t```\n",
}
