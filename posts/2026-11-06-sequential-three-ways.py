# %% [raw]
# ---
# date: 2026-11-06
# authors: [haebom]
# categories: [파이토치]
# tags: [PyTorch, nn.Sequential, OrderedDict, state_dict, 매개변수]
# series: {name: 파이토치 첫걸음, order: 50}
# prerequisites: [tensor-first-steps]
# description: nn.Sequential을 위치, add_module, OrderedDict로 만들어 매개변수의 이름과 state_dict의 키가 어떻게 달라지는지 비교합니다.
# ---

# %% [markdown]
# # nn.Sequential을 만드는 세 가지 방법
#
# `nn.Sequential`에 층(layer)을 넣는 방법은 세 가지입니다. 어느 쪽이든 계산은 같은데, 무엇이 달라지기에 방법을 가려 써야 하는지가 이 글의 질문입니다.
#
# <!-- more -->
#
# 미리 답하면, 달라지는 것은 이름입니다. 이름은 매개변수(parameter)를 찾을 때와 모델을 저장하고 불러올 때 쓰이므로, 한번 정하면 나중에 바꾸기가 번거롭습니다. 세 방법으로 같은 모델을 만들어 하나씩 비교합니다.

# %% [markdown]
# ## 위치로 만들기
#
# 층을 차례대로 넘기면 0부터 시작하는 번호가 이름이 됩니다. 매개변수가 없는 `nn.ReLU`도 번호를 하나 차지합니다.

# %%
import torch
from torch import nn

torch.manual_seed(0)
positional = nn.Sequential(
    nn.Linear(64, 32),
    nn.ReLU(),
    nn.Linear(32, 16),
    nn.ReLU(),
    nn.Linear(16, 10),
)
print(positional)

# %% [markdown]
# ```output
# Sequential(
#   (0): Linear(in_features=64, out_features=32, bias=True)
#   (1): ReLU()
#   (2): Linear(in_features=32, out_features=16, bias=True)
#   (3): ReLU()
#   (4): Linear(in_features=16, out_features=10, bias=True)
# )
# ```

# %% [markdown]
# ## add_module로 만들기
#
# 빈 `nn.Sequential`에 `add_module(이름, 층)`으로 하나씩 더합니다. 층의 개수나 크기를 설정값으로 받아 반복문으로 만들 때 어울립니다.

# %%
sizes = [64, 32, 16, 10]
added = nn.Sequential()
for i, (n_in, n_out) in enumerate(zip(sizes, sizes[1:]), start=1):
    added.add_module(f"fc{i}", nn.Linear(n_in, n_out))
    if i < len(sizes) - 1:
        added.add_module(f"act{i}", nn.ReLU())
print(added)

# %% [markdown]
# ```output
# Sequential(
#   (fc1): Linear(in_features=64, out_features=32, bias=True)
#   (act1): ReLU()
#   (fc2): Linear(in_features=32, out_features=16, bias=True)
#   (act2): ReLU()
#   (fc3): Linear(in_features=16, out_features=10, bias=True)
# )
# ```

# %% [markdown]
# ## OrderedDict로 만들기
#
# 이름과 층의 짝을 `OrderedDict`에 담아 한 번에 넘깁니다. 모델의 모양과 이름이 한눈에 들어오므로, 구조가 정해져 있을 때 읽기에 가장 좋습니다.

# %%
from collections import OrderedDict

ordered = nn.Sequential(OrderedDict([
    ("hidden1", nn.Linear(64, 32)),
    ("act1", nn.ReLU()),
    ("hidden2", nn.Linear(32, 16)),
    ("act2", nn.ReLU()),
    ("output", nn.Linear(16, 10)),
]))
print(ordered)

# %% [markdown]
# ```output
# Sequential(
#   (hidden1): Linear(in_features=64, out_features=32, bias=True)
#   (act1): ReLU()
#   (hidden2): Linear(in_features=32, out_features=16, bias=True)
#   (act2): ReLU()
#   (output): Linear(in_features=16, out_features=10, bias=True)
# )
# ```

# %% [markdown]
# 파이썬 3.7부터는 보통의 `dict`도 순서를 지키지만, `nn.Sequential`은 `OrderedDict`인지를 검사합니다. `dict`를 넘기면 층 하나를 받은 것으로 여겨 오류를 냅니다.

# %%
#| raises: TypeError
nn.Sequential({"hidden1": nn.Linear(64, 32)})

# %% [markdown]
# ```output
# TypeError: dict is not a Module subclass
# ```

# %% [markdown]
# ## 매개변수의 이름과 개수
#
# 세 모델의 매개변수를 나란히 놓으면 모양(shape)과 개수는 같고 이름만 다릅니다. 위치로 만든 모델의 이름이 0, 2, 4로 건너뛰는 것은 활성화 함수(activation function)가 1과 3을 차지했기 때문입니다.

# %%
import pandas as pd

models = {"위치": positional, "add_module": added, "OrderedDict": ordered}
table = pd.DataFrame({
    label: [name for name, _ in model.named_parameters()]
    for label, model in models.items()
})
table["모양"] = [tuple(p.shape) for p in ordered.parameters()]
table["개수"] = [p.numel() for p in ordered.parameters()]
table

# %% [markdown]
# ```output
#          위치  add_module     OrderedDict        모양    개수
# 0  0.weight  fc1.weight  hidden1.weight  (32, 64)  2048
# 1    0.bias    fc1.bias    hidden1.bias     (32,)    32
# 2  2.weight  fc2.weight  hidden2.weight  (16, 32)   512
# 3    2.bias    fc2.bias    hidden2.bias     (16,)    16
# 4  4.weight  fc3.weight   output.weight  (10, 16)   160
# 5    4.bias    fc3.bias     output.bias     (10,)    10
# ```

# %%
totals = {label: sum(p.numel() for p in model.parameters()) for label, model in models.items()}
print(totals)

# %% [markdown]
# ```output
# {'위치': 2778, 'add_module': 2778, 'OrderedDict': 2778}
# ```

# %% [markdown]
# 매개변수가 어느 층에 몰려 있는지는 그림으로 보는 편이 빠릅니다. 완전 연결 층(fully connected layer)의 가중치는 입력 수와 출력 수의 곱이므로, 첫 층이 대부분을 차지합니다. 이름을 붙여 두면 그래프의 축에도 뜻이 드러납니다.

# %%
#| fig-alt: hidden1, hidden2, output 층의 매개변수 개수를 가중치와 편향으로 나누어 쌓은 가로 막대그래프. hidden1이 가장 깁니다
#| fig-cap: OrderedDict로 만든 모델의 층별 매개변수 개수입니다.
import matplotlib.pyplot as plt

layers = [(name, m) for name, m in ordered.named_children() if isinstance(m, nn.Linear)]
names = [name for name, _ in layers]
weights = [m.weight.numel() for _, m in layers]
biases = [m.bias.numel() for _, m in layers]

fig, ax = plt.subplots(figsize=(6, 2.6))
ax.barh(names, weights, label="weight")
ax.barh(names, biases, left=weights, label="bias")
ax.invert_yaxis()
ax.set(xlabel="number of parameters")
ax.legend(frameon=False)
plt.show()

# %% [markdown]
# ## state_dict의 키
#
# `state_dict`는 매개변수의 이름을 키로, 텐서(tensor)를 값으로 담은 사전(dictionary)이며, 모델을 저장할 때 파일에 들어가는 것이 바로 이 사전입니다. 그래서 이름이 다른 모델끼리는 구조가 같아도 서로의 저장 파일을 그대로는 불러오지 못합니다.

# %%
#| raises: RuntimeError
ordered.load_state_dict(positional.state_dict())

# %% [markdown]
# ```output
# RuntimeError: Error(s) in loading state_dict for Sequential:
# 	Missing key(s) in state_dict: "hidden1.weight", "hidden1.bias", "hidden2.weight", "hidden2.bias", "output.weight", "output.bias".
# 	Unexpected key(s) in state_dict: "0.weight", "0.bias", "2.weight", "2.bias", "4.weight", "4.bias".
# ```

# %% [markdown]
# 오류 메시지는 두 부분으로 읽습니다. `Missing key(s)`는 모델에는 있는데 사전에 없는 이름이고, `Unexpected key(s)`는 사전에는 있는데 모델에 없는 이름입니다. 두 목록의 길이가 같고 층의 구조도 같다면 이름만 다르다는 뜻이므로, 순서대로 짝지어 키를 바꾸면 됩니다.

# %%
def renamed(state, model):
    keys = model.state_dict().keys()
    assert len(keys) == len(state)
    return OrderedDict(zip(keys, state.values()))

for model in (added, ordered):
    print(model.load_state_dict(renamed(positional.state_dict(), model)))

# %% [markdown]
# ```output
# <All keys matched successfully>
# <All keys matched successfully>
# ```

# %% [markdown]
# 이제 세 모델의 가중치가 같습니다. 같은 입력을 넣으면 출력도 같으므로, 이름이 계산에 관여하지 않는다는 것을 확인할 수 있습니다.

# %%
x = torch.rand(5, 64)
with torch.no_grad():
    out = {label: model(x) for label, model in models.items()}
print(torch.equal(out["위치"], out["add_module"]), torch.equal(out["위치"], out["OrderedDict"]))

# %% [markdown]
# ```output
# True True
# ```

# %% [markdown]
# ## 이름으로 꺼내기
#
# 이름이 있으면 속성으로 층을 꺼냅니다. 번호로 꺼내는 방법도 그대로 쓸 수 있고, 이름이 문자열에 담겨 있을 때는 `get_submodule`과 `get_parameter`를 씁니다.

# %%
print(ordered.hidden2 is ordered[2])
print(ordered.get_submodule("hidden2") is ordered.hidden2)
print(tuple(ordered.get_parameter("hidden2.weight").shape))

# %% [markdown]
# ```output
# True
# True
# (16, 32)
# ```

# %% [markdown]
# 이름은 일부만 학습할 때 특히 편합니다. 다음은 출력층만 남기고 나머지를 고정하는 코드입니다. 번호로 적었다면 층을 하나 끼워 넣는 순간 엉뚱한 층을 가리켰을 것입니다.

# %%
for name, p in ordered.named_parameters():
    p.requires_grad = name.startswith("output.")

print([name for name, p in ordered.named_parameters() if p.requires_grad])

# %% [markdown]
# ```output
# ['output.weight', 'output.bias']
# ```

# %% [markdown]
# 번호가 밀리는 모습은 직접 볼 수 있습니다. 위치로 만든 모델에 드롭아웃(dropout) 층을 하나 끼우면, 그 뒤의 이름이 모두 바뀝니다.

# %%
shifted = nn.Sequential(*positional[:2], nn.Dropout(0.2), *positional[2:])
pd.DataFrame({
    "원래 모델": list(positional.state_dict()),
    "끼운 뒤": list(shifted.state_dict()),
})

# %% [markdown]
# ```output
#       원래 모델      끼운 뒤
# 0  0.weight  0.weight
# 1    0.bias    0.bias
# 2  2.weight  3.weight
# 3    2.bias    3.bias
# 4  4.weight  5.weight
# 5    4.bias    5.bias
# ```

# %% [markdown]
# 반면에 조각(slice)으로 잘라 낸 `nn.Sequential`은 원래의 이름을 지킵니다. 번호가 0부터 다시 매겨지지 않는다는 점에 유의합니다.

# %%
print(list(positional[2:].state_dict()))
print(list(ordered[2:].state_dict()))

# %% [markdown]
# ```output
# ['2.weight', '2.bias', '4.weight', '4.bias']
# ['hidden2.weight', 'hidden2.bias', 'output.weight', 'output.bias']
# ```

# %% [markdown]
# ## 이름을 지을 때 걸리는 것
#
# 이름이 점으로 이어져 `hidden1.weight`가 되므로, 이름 안에 점을 쓸 수 없습니다. 이미 있는 속성과 같은 이름도 거절됩니다.

# %%
for bad in ["block.1", "forward"]:
    try:
        nn.Sequential().add_module(bad, nn.ReLU())
    except KeyError as error:
        print(f"{bad}: {error.args[0]}")

# %% [markdown]
# ```output
# block.1: module name can't contain ".", got: block.1
# forward: attribute 'forward' already exists
# ```

# %% [markdown]
# 오류가 나지 않는 실수가 더 위험합니다. 같은 이름을 두 번 쓰면 뒤의 층이 앞의 층을 조용히 덮어씁니다. `OrderedDict`의 키가 겹칠 때도, `add_module`을 두 번 부를 때도 마찬가지입니다.

# %%
twice = nn.Sequential(OrderedDict([
    ("fc", nn.Linear(64, 32)),
    ("act", nn.ReLU()),
    ("fc", nn.Linear(32, 10)),
]))
print(twice)

# %% [markdown]
# ```output
# Sequential(
#   (fc): Linear(in_features=32, out_features=10, bias=True)
#   (act): ReLU()
# )
# ```

# %% [markdown]
# 층을 셋 적었는데 둘만 남았고, 순서도 어긋났습니다. 만든 뒤에 `len(model)`을 한 번 확인하는 것으로 막을 수 있습니다.

# %% [markdown]
# ## 연습
#
# 드롭아웃을 끼운 새 모델에, 드롭아웃이 없는 `positional`의 가중치를 옮겨 담아 봅니다. 앞에서 만든 `renamed`를 쓸 수 있을까요?
#
# ??? success "풀이"
#
#     쓸 수 있습니다. 드롭아웃에는 매개변수가 없으므로 키의 개수와 순서가 그대로이고, 밀린 번호만 다시 짝지으면 됩니다.

# %%
#| include: fold
inserted = nn.Sequential(
    nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.2),
    nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 10),
).eval()
print(inserted.load_state_dict(renamed(positional.state_dict(), inserted)))
with torch.no_grad():
    print(torch.equal(inserted(x), positional(x)))

# %% [markdown]
# ```output
# <All keys matched successfully>
# True
# ```

# %% [markdown]
# ## 정리
#
# - 잠깐 쓰고 버릴 모델은 위치로, 반복문으로 만드는 모델은 `add_module`로, 저장하거나 공유할 모델은 `OrderedDict`로 만듭니다.
# - 이름은 계산을 바꾸지 않지만 `state_dict`의 키가 되므로, 저장 파일의 호환성을 정합니다.
# - 위치로 만든 모델은 층을 끼우면 뒤의 이름이 모두 밀립니다. 이름을 붙이면 그런 일이 없습니다.
# - `OrderedDict`에서 받은 인상은 [토크ON세미나 PyTorch 후기](2026-11-02-pytorch-seminar-review.md)에, 이름을 붙인 모델로 숫자를 분류하는 과정은 [숫자 분류, 두 가지 도구로](2026-11-13-digits-two-ways.ipynb)에 있습니다.
