"""
The step of `step.ts` in PyTorch on the CPU: nn.Linear, fused AdamW, autograd. Reads one JSON request per line from standard
input and answers each with one line. It is started by `run.ts` and is no part of the product.
"""
import json
import sys
import time

import torch
from torch.nn import functional as F


def parameter(shape, bound, generator):
    values = (torch.rand(shape, generator=generator) * 2 - 1) * bound
    return torch.nn.Parameter(values)


class Step:
    def __init__(self, request):
        self.batch = request["batch"]
        voxels, hidden, embedding = request["voxels"], request["hidden"], request["embedding"]
        g = torch.Generator().manual_seed(request["seed"])
        self.temperature, self.l1 = request["temperature"], request["l1"]
        by_fan_in = lambda out, inputs: [parameter((out, inputs), inputs**-0.5, g), parameter((out,), inputs**-0.5, g)]
        self.mask = torch.nn.Parameter(torch.ones(voxels))
        self.subject = by_fan_in(hidden, voxels)
        self.blocks = [
            [torch.nn.Parameter(torch.ones(hidden)), torch.nn.Parameter(torch.zeros(hidden)), *by_fan_in(hidden, hidden)]
            for _ in range(request["blocks"])
        ]
        self.out = by_fan_in(embedding, hidden)
        self.inputs = [torch.randn(self.batch, voxels, generator=g) for _ in range(request["inputs"])]
        self.targets = F.normalize(torch.randn(self.batch, embedding, generator=g))
        if "values" in request:
            self.load(request["values"])
        weights = [*self.subject, *(p for block in self.blocks for p in block), *self.out]
        self.optimiser = torch.optim.AdamW(
            [
                {"params": [p for p in weights if p.dim() == 2], "weight_decay": request["weightDecay"]},
                {"params": [p for p in weights if p.dim() == 1], "weight_decay": 0},
                {"params": [self.mask], "weight_decay": 0, "lr": request["maskLearningRate"]},
            ],
            lr=request["learningRate"],
            fused=True,
        )
        self.labels = torch.arange(self.batch)
        self.taken = 0

    def load(self, values):
        """The other side's numbers, in the order its parameters are listed; its subject weights are voxel-major."""
        with torch.no_grad():
            given = [torch.tensor(array) for array in values["parameters"]]
            own = [*self.subject, *(p for block in self.blocks for p in block), *self.out]
            given[0] = given[0].reshape(-1, own[0].shape[0]).T
            for p, array in zip(own, given, strict=True):
                p.copy_(array.reshape(p.shape))
        self.inputs = [torch.tensor(array).reshape(self.batch, -1) for array in values["inputs"]]
        self.targets = torch.tensor(values["targets"]).reshape(self.batch, -1)

    def once(self):
        x = self.inputs[self.taken % len(self.inputs)]
        self.taken += 1
        self.optimiser.zero_grad()
        y = F.linear(x * self.mask, *self.subject)
        for gain, bias, weight, offset in self.blocks:
            y = y + F.gelu(F.linear(F.layer_norm(y, gain.shape, gain, bias), weight, offset))
        logits = F.normalize(F.linear(y, *self.out)) @ self.targets.T / self.temperature
        contrastive = (F.cross_entropy(logits, self.labels) + F.cross_entropy(logits.T, self.labels)) / 2
        (contrastive + self.l1 * self.mask.abs().sum()).backward()
        self.optimiser.step()
        return contrastive.item()


def answer(request, state):
    if request["do"] == "versions":
        torch.set_num_threads(request["threads"])
        return {"torch": torch.__version__, "threads": torch.get_num_threads()}
    if request["do"] == "open":
        state["step"] = Step(request)
        return {}
    if request["do"] == "close":
        state.clear()
        return {}
    milliseconds, losses = [], []
    processor = time.process_time()
    for _ in range(request["count"]):
        start = time.perf_counter()
        losses.append(state["step"].once())
        milliseconds.append((time.perf_counter() - start) * 1000)
    processor = (time.process_time() - processor) * 1000 / request["count"]
    return {"milliseconds": milliseconds, "losses": losses, "processorMs": processor}


held = {}
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line), held)), flush=True)
