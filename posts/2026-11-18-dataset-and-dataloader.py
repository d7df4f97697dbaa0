# %% [raw]
# ---
# date: 2026-11-18
# authors: [haebom]
# categories: [파이토치]
# tags: [PyTorch, Dataset, DataLoader, 배치, 미니배치, 셔플, 입문]
# series: {name: 파이토치 첫걸음, order: 60}
# prerequisites: [training-loop]
# description: Dataset을 직접 만들고 DataLoader로 묶으면서 배치의 모양, 마지막 배치, 셔플, 길이가 다른 표본을 다루는 방법을 확인합니다.
# ---

# %% [markdown]
# # Dataset과 DataLoader: 누가 무엇을 맡는가
#
# 데이터가 커지면 한꺼번에 모델에 넣을 수 없습니다. PyTorch는 표본 하나를 꺼내는 일과 표본을 묶는 일을 `Dataset`과 `DataLoader`에 나누어 맡깁니다. 둘의 경계는 어디이며, 배치(batch)는 어떻게 만들어지는가가 이 글의 질문입니다.
#
# <!-- more -->
#
# | 맡은 쪽 | 하는 일 |
# |---|---|
# | `Dataset` | 표본이 몇 개인지, n번째 표본이 무엇인지 답합니다. |
# | `Sampler` | 어떤 순서로 꺼낼지 정합니다. |
# | `collate_fn` | 꺼낸 표본들을 배치 하나로 묶습니다. |
# | `DataLoader` | 위의 셋을 이어 차례대로 배치를 내어 줍니다. |

# %% [markdown]
# ## 두 메서드면 Dataset
#
# `__len__`과 `__getitem__`이 있으면 `Dataset`입니다. 파일에서 읽는 일도, 값을 바꾸는 일도 `__getitem__` 안에서 합니다. 여기서는 scikit-learn에 들어 있는 8×8 손글씨 숫자를 씁니다.

# %%
import torch
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader, Dataset

class Digits(Dataset):
    def __init__(self):
        digits = load_digits()
        self.images, self.labels = digits.images, digits.target

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        image = torch.tensor(self.images[index] / 16, dtype=torch.float32).unsqueeze(0)
        return image, int(self.labels[index])

data = Digits()
image, label = data[0]
print(len(data), tuple(image.shape), image.dtype, label)

# %% [markdown]
# ```output
# 1797 (1, 8, 8) torch.float32 0
# ```

# %% [markdown]
# 표본 하나의 모양(shape)은 (1, 8, 8)입니다. 맨 앞의 1은 채널(channel)의 수이며, 배치의 축은 아직 없습니다.

# %% [markdown]
# ## 묶으면 축이 하나 늘어난다
#
# `DataLoader`는 표본들을 새 축으로 쌓습니다. 파이썬의 정수였던 정답은 텐서(tensor)가 됩니다.

# %%
loader = DataLoader(data, batch_size=64)
images, labels = next(iter(loader))
print(tuple(images.shape), tuple(labels.shape), labels.dtype)

# %% [markdown]
# ```output
# (64, 1, 8, 8) (64,) torch.int64
# ```

# %% [markdown]
# 1,797은 64로 나누어떨어지지 않으므로 마지막 배치는 작습니다. 배치의 크기를 코드에 상수로 적어 두면 여기에서 어긋납니다. `drop_last=True`는 마지막 배치를 버립니다.

# %%
sizes = [len(labels) for _, labels in loader]
whole = [len(labels) for _, labels in DataLoader(data, batch_size=64, drop_last=True)]
print(len(sizes), sizes[-1], len(whole), whole[-1])

# %% [markdown]
# ```output
# 29 5 28 64
# ```

# %% [markdown]
# 손실(loss)을 배치마다 평균한 다음 다시 평균하면, 작은 배치의 표본이 더 큰 비중을 차지하게 됩니다. 표본의 수를 곱해 더하고 나누어야 전체의 평균이 됩니다. 숫자의 평균으로 확인합니다.

# %%
def means(loader):
    per_batch = [labels.float().mean().item() for _, labels in loader]
    total = sum(labels.float().sum().item() for _, labels in loader)
    return sum(per_batch) / len(per_batch), total / len(data)

naive, exact = means(DataLoader(data, batch_size=500))
print(f"배치의 평균을 평균: {naive:.4f}, 전체의 평균: {exact:.4f}")

# %% [markdown]
# ```output
# 배치의 평균을 평균: 4.4964, 전체의 평균: 4.4908
# ```

# %% [markdown]
# ## 섞는 것은 순서일 뿐
#
# `shuffle=True`는 에폭(epoch)마다 번호의 순서를 새로 정합니다. `Dataset`은 그대로입니다. 정렬된 데이터를 섞지 않으면 배치 하나에 같은 정답만 모이고, 학습이 한쪽으로 끌려갑니다.

# %%
import pandas as pd
from torch.utils.data import Subset

ordered = Subset(data, sorted(range(len(data)), key=lambda index: data.labels[index]))

def first_batch(shuffle):
    g = torch.Generator().manual_seed(0)
    _, labels = next(iter(DataLoader(ordered, batch_size=100, shuffle=shuffle, generator=g)))
    return labels.bincount(minlength=10).tolist()

pd.DataFrame([first_batch(False), first_batch(True)], index=["그대로", "섞음"])

# %% [markdown]
# ```output
#        0  1  2   3   4   5   6  7  8  9
# 그대로  100  0  0   0   0   0   0  0  0  0
# 섞음    11  8  6  13  14  12  11  7  9  9
# ```

# %% [markdown]
# 열의 번호는 숫자이고, 칸은 첫 배치에 든 표본의 수입니다. `generator`를 넘기면 순서를 되풀이할 수 있습니다. 자세한 것은 [재현성 글](2026-11-04-reproducible-results.md)에 있습니다.

# %% [markdown]
# ## 길이가 다른 표본
#
# 쌓으려면 모양이 같아야 합니다. 문장처럼 길이가 다른 표본은 기본 방법으로 묶을 수 없습니다.

# %%
#| raises: RuntimeError
sentences = [torch.tensor([3, 1, 4]), torch.tensor([1, 5]), torch.tensor([9, 2, 6, 5])]
next(iter(DataLoader(sentences, batch_size=3)))

# %% [markdown]
# ```output
# RuntimeError: stack expects each tensor to be equal size, but got [3] at entry 0 and [2] at entry 1
# ```

# %% [markdown]
# 묶는 방법은 `collate_fn`으로 바꿉니다. 짧은 쪽을 채우고(padding), 채운 자리가 어디인지 함께 돌려줍니다.

# %%
from torch.nn.utils.rnn import pad_sequence

def pad(batch):
    padded = pad_sequence(batch, batch_first=True, padding_value=0)
    lengths = torch.tensor([len(sentence) for sentence in batch])
    mask = torch.arange(padded.shape[1]) < lengths.unsqueeze(1)
    return padded, mask

padded, mask = next(iter(DataLoader(sentences, batch_size=3, collate_fn=pad)))
print(padded)
print(mask.int())

# %% [markdown]
# ```output
# tensor([[3, 1, 4, 0],
#         [1, 5, 0, 0],
#         [9, 2, 6, 5]])
# tensor([[1, 1, 1, 0],
#         [1, 1, 0, 0],
#         [1, 1, 1, 1]], dtype=torch.int32)
# ```

# %% [markdown]
# 마스크(mask)는 평균을 구하거나 주의(attention)를 계산할 때 채운 자리를 빼는 데 씁니다.

# %% [markdown]
# ## 나누기
#
# 학습용과 검증용으로 나눌 때는 `random_split`에 생성기를 넘깁니다. 나눈 결과는 번호만 가지므로 메모리를 더 쓰지 않습니다.

# %%
from torch.utils.data import random_split

g = torch.Generator().manual_seed(0)
train, valid = random_split(data, [0.8, 0.2], generator=g)
print(len(train), len(valid), set(train.indices) & set(valid.indices))

# %% [markdown]
# ```output
# 1438 359 set()
# ```

# %% [markdown]
# ## 연습
#
# `DataLoader`를 쓰지 않고, 번호를 섞어 크기 64의 배치를 내어 주는 제너레이터(generator)를 직접 적어 봅니다. 한 에폭에 모든 표본이 정확히 한 번씩 나와야 합니다.
#
# ??? success "풀이"
#
#     번호를 한 번 섞은 다음 앞에서부터 64개씩 잘라 냅니다. 아래 셀은 나온 정답을 정렬하여, 빠지거나 겹친 표본이 없는지 확인합니다.

# %%
#| include: fold
def batches(data, size, seed):
    order = torch.randperm(len(data), generator=torch.Generator().manual_seed(seed))
    for start in range(0, len(data), size):
        chosen = [data[int(index)] for index in order[start : start + size]]
        images, labels = zip(*chosen)
        yield torch.stack(images), torch.tensor(labels)

seen = torch.cat([labels for _, labels in batches(data, 64, seed=0)])
print(torch.equal(seen.sort().values, torch.tensor(data.labels).sort().values))

# %% [markdown]
# ```output
# True
# ```

# %% [markdown]
# ## 정리
#
# - `Dataset`은 표본 하나를, `DataLoader`는 묶음을 맡습니다.
# - 마지막 배치는 작을 수 있습니다. 평균을 구할 때 표본의 수로 나눕니다.
# - 길이가 다르면 `collate_fn`에서 채우고 마스크를 남깁니다.
