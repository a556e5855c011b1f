"""RF-DETR nano in training form with PyTorch's own modules: the peer of `bench train-step` and
(but for matching and losses, which cost it nothing here) `bench training`. Random weights, eager mode, float32.

python3 bench/torch/step.py [ROUNDS]
"""
import math
import statistics
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

DIM, WIDTH, HEADS, QUERIES, GROUPS, CLASSES, SIDE, LAYERS, WINDOWS = 384, 256, 8, 300, 13, 91, 24, 2, 2
OUT = (3, 6, 9, 12)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(DIM, 1e-6), nn.LayerNorm(DIM, 1e-6)
        self.query, self.key, self.value, self.out = (nn.Linear(DIM, DIM) for _ in range(4))
        self.fc1, self.fc2 = nn.Linear(DIM, 4 * DIM), nn.Linear(4 * DIM, DIM)
        self.scale1, self.scale2 = nn.Parameter(torch.ones(DIM)), nn.Parameter(torch.ones(DIM))

    def attend(self, x):
        b, n, _ = x.shape
        q, k, v = (f(x).view(b, n, 6, 64).transpose(1, 2) for f in (self.query, self.key, self.value))
        p = torch.softmax(q @ k.transpose(-1, -2) / 8, -1)
        return self.out((p @ v).transpose(1, 2).reshape(b, n, DIM))

    def forward(self, x, whole):
        y, shape = self.norm1(x), x.shape
        if whole:
            y = y.reshape(shape[0] // WINDOWS**2, -1, DIM)
        x = x + self.scale1 * self.attend(y).reshape(shape)
        return x + self.scale2 * self.fc2(F.gelu(self.fc1(self.norm2(x))))


class ConvX(nn.Module):
    def __init__(self, i, o, k):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(i, o, k, padding=k // 2, bias=False), nn.LayerNorm(o, 1e-6)

    def forward(self, x):
        return F.silu(self.norm(self.conv(x).permute(0, 2, 3, 1)).permute(0, 3, 1, 2))


class Mlp(nn.Module):
    def __init__(self, *widths):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = F.relu(layer(x))
        return self.layers[-1](x)


def decode(delta, box):
    return torch.cat([delta[..., :2] * box[..., 2:] + box[..., :2], delta[..., 2:].exp() * box[..., 2:]], -1)


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.self_attn = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.offsets, self.mix = nn.Linear(WIDTH, 16 * 2 * 2), nn.Linear(WIDTH, 16 * 2)
        self.value, self.out = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.linear1, self.linear2 = nn.Linear(WIDTH, 2048), nn.Linear(2048, WIDTH)
        self.norm1, self.norm2, self.norm3 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)

    def sample(self, query, reference, memory):
        b, q, _ = query.shape
        offsets = self.offsets(query).view(b, q, 16, 2, 2)
        weights = torch.softmax(self.mix(query).view(b, q, 16, 2), -1)
        box = reference.view(b, q, 1, 1, 4)
        grid = 2 * (box[..., :2] + offsets / 2 * box[..., 2:] * 0.5) - 1
        value = self.value(memory).transpose(1, 2).reshape(b * 16, WIDTH // 16, SIDE, SIDE)
        sampled = F.grid_sample(value, grid.transpose(1, 2).flatten(0, 1), align_corners=False)
        out = (sampled * weights.transpose(1, 2).reshape(b * 16, 1, q, 2)).sum(-1)
        return self.out(out.view(b, WIDTH, q).transpose(1, 2))

    def forward(self, x, position, reference, memory):
        b = x.shape[0]
        q = torch.cat((x + position).split(QUERIES, 1), 0)
        mixed = self.self_attn(q, q, torch.cat(x.split(QUERIES, 1), 0), need_weights=False)[0]
        x = self.norm1(x + torch.cat(mixed.split(b, 0), 1))
        x = self.norm2(x + self.sample(x + position, reference, memory))
        return self.norm3(x + self.linear2(F.relu(self.linear1(x))))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.patch = nn.Conv2d(3, DIM, 16, 16)
        self.token, self.positions = nn.Parameter(torch.zeros(1, 1, DIM)), nn.Parameter(torch.randn(1, 1 + SIDE**2, DIM) * 0.02)
        self.blocks, self.norm = nn.ModuleList(Block() for _ in range(12)), nn.LayerNorm(DIM, 1e-6)
        self.cv1, self.cv2 = ConvX(4 * DIM, WIDTH, 1), ConvX(5 * WIDTH // 2, WIDTH, 1)
        self.chain = nn.ModuleList(nn.Sequential(ConvX(128, 128, 3), ConvX(128, 128, 3)) for _ in range(3))
        self.map_norm = nn.LayerNorm(WIDTH, 1e-6)
        self.enc_output = nn.ModuleList(nn.Linear(WIDTH, WIDTH) for _ in range(GROUPS))
        self.enc_norm = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in range(GROUPS))
        self.enc_class = nn.ModuleList(nn.Linear(WIDTH, CLASSES) for _ in range(GROUPS))
        self.enc_box = nn.ModuleList(Mlp(WIDTH, WIDTH, WIDTH, 4) for _ in range(GROUPS))
        self.content, self.refpoint = nn.Embedding(GROUPS * QUERIES, WIDTH), nn.Embedding(GROUPS * QUERIES, 4)
        self.layers, self.final = nn.ModuleList(Layer() for _ in range(LAYERS)), nn.LayerNorm(WIDTH)
        self.position_head = Mlp(2 * WIDTH, WIDTH, WIDTH)
        self.classes, self.boxes = nn.Linear(WIDTH, CLASSES), Mlp(WIDTH, WIDTH, WIDTH, 4)

    def encode(self, image):
        b, w, r = image.shape[0], WINDOWS, SIDE // WINDOWS
        x = self.patch(image).flatten(2).transpose(1, 2) + self.positions[:, 1:]
        x = x.view(b, w, r, w, r, DIM).permute(0, 1, 3, 2, 4, 5).reshape(b * w * w, r * r, DIM)
        x = torch.cat([(self.token + self.positions[:, :1]).expand(x.shape[0], -1, -1), x], 1)
        maps = []
        for i, block in enumerate(self.blocks):
            x = block(x, i in OUT)
            if i + 1 in OUT:
                y = self.norm(x)[:, 1:].reshape(b, w, w, r, r, DIM).permute(0, 1, 3, 2, 4, 5).reshape(b, SIDE, SIDE, DIM)
                maps.append(y.permute(0, 3, 1, 2))
        pieces = list(self.cv1(torch.cat(maps, 1)).split(128, 1))
        for step in self.chain:
            pieces.append(step(pieces[-1]))
        return self.map_norm(self.cv2(torch.cat(pieces, 1)).permute(0, 2, 3, 1)).flatten(1, 2)

    def propose(self, memory, anchors):
        boxes, features, logits = [], [], []
        for output, norm, classes, box in zip(self.enc_output, self.enc_norm, self.enc_class, self.enc_box):
            e = norm(output(memory))
            scores = classes(e)
            best = scores.max(-1)[0].topk(QUERIES, 1)[1]
            all_boxes = decode(box(e), anchors)
            boxes.append(torch.gather(all_boxes, 1, best[..., None].expand(-1, -1, 4)))
            features.append(torch.gather(e, 1, best[..., None].expand(-1, -1, WIDTH)))
            logits.append(torch.gather(scores, 1, best[..., None].expand(-1, -1, CLASSES)))
        return torch.cat(boxes, 1), torch.cat(features, 1), torch.cat(logits, 1)

    def forward(self, image):
        memory = self.encode(image)
        at = (torch.arange(SIDE) + 0.5) / SIDE
        y, x = torch.meshgrid(at, at, indexing="ij")
        anchors = torch.stack([x, y, torch.full_like(x, 0.05), torch.full_like(x, 0.05)], -1).view(1, -1, 4).expand(image.shape[0], -1, -1)
        proposed, _, proposed_logits = self.propose(memory, anchors)
        reference = decode(self.refpoint.weight[None], proposed.detach())
        periods = 10000 ** (2 * (torch.arange(128) // 2) / 128)
        angles = (reference[..., [1, 0, 2, 3]] * 2 * math.pi)[..., None] / periods
        sine = torch.stack([angles[..., 0::2].sin(), angles[..., 1::2].cos()], -1).flatten(-3)
        position = self.position_head(sine)
        state, outputs = self.content.weight[None].expand(image.shape[0], -1, -1), [(proposed_logits, proposed)]
        for layer in self.layers:
            state = layer(state, position, reference, memory)
            h = self.final(state)
            outputs.append((self.classes(h), decode(self.boxes(h), reference)))
        return outputs


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    torch.manual_seed(0)
    torch.set_num_threads(2)
    network, image = Network().train(), torch.randn(2, 3, 384, 384)
    optimizer = torch.optim.AdamW(network.parameters(), 1e-4, weight_decay=1e-4, foreach=True)
    forward, backward, update = [], [], []
    for i in range(-2, rounds):
        start = time.perf_counter()
        loss = sum(logits.sum() + boxes.sum() for logits, boxes in network(image))
        middle = time.perf_counter()
        loss.backward()
        end = time.perf_counter()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 0.1)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        updated = time.perf_counter()
        if i >= 0:
            forward.append((middle - start) * 1e3)
            backward.append((end - middle) * 1e3)
            update.append((updated - end) * 1e3)
    both = [f + b for f, b in zip(forward, backward)]
    print(f"python, torch {torch.__version__}, {torch.get_num_threads()} threads: forward {statistics.median(forward):.0f} ms, "
          f"backward {statistics.median(backward):.0f} ms, both {statistics.median(both):.0f} ms (min {min(both):.0f}); clipping and AdamW {statistics.median(update):.0f} ms")


if __name__ == "__main__":
    main()
