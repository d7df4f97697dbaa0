# %% [markdown]
# ---
# title: 하나
# tags: [gpu]
# ---
#
# # 하나
#
# 머리말과 `코드`, *강조*.

# %%
x = 6
print("합:", x * 7)
x

# %% [markdown]
# - 목록
#
#     ```text
#     그냥 글
#     ```

# %% tags=["hide-input"]
#| fig-cap: 설명
display(image__svg_xml="<svg><circle r='1'/></svg>")

# %% tags=["raises-exception"]
1 / 0

# %% tags=["skip-execution"]
never()

# %% tags=["remove-cell"]
hidden = 1

# %% [markdown]
# | a | b |
# |---|---|
# | 1 | 2 |
