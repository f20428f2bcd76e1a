"""Puts a running server under load: many connections, each with one request after the other, of several kinds.

    java -Xmx512m -jar nanogpt.jar serve --model my-model --port 8080 &
    python load.py 127.0.0.1 8080 $! 200 120 chat

Arguments: host, port, process id of the server (for its memory), connections, seconds; "chat" where the model has a chat
template. Prints the latencies of each kind in milliseconds, the statuses, and the memory over time. Fails where there is
another error than status 429.
"""

import asyncio
import collections
import json
import random
import sys
import time

HOST, PORT, PID, CONNECTIONS, SECONDS = sys.argv[1], *map(int, sys.argv[2:6])
CHATS = ["chat"] * 4 + ["chat stream"] * 4 if sys.argv[6:] == ["chat"] else []
PROMPTS = ["H&E", "Biopsy of the", "Areas of the brain", "In the lung at 20x,"]
latencies = collections.defaultdict(list)
firsts = []
statuses = collections.Counter()
failures = []
memory = []


def request(kind, chance):
    prompt = chance.choice(PROMPTS)
    if kind == "embeddings":
        return "/v1/embeddings", {"input": [prompt, prompt + " x"]}
    if kind == "health":
        return None, None
    path = "/v1/chat/completions" if kind.startswith("chat") else "/v1/completions"
    body = {"max_tokens": chance.choice([20, 60, 120]), "seed": chance.randrange(10 ** 6)}
    if kind.startswith("chat"):
        body["messages"] = [{"role": "user", "content": prompt}]
    else:
        body["prompt"] = prompt
    if kind in ("stream", "chat stream", "disconnect"):
        body["stream"] = True
    if kind == "samples":
        body["n"] = 3
    if kind == "scores":
        body["logprobs"] = 5
    return path, body


async def head(reader):
    status = int((await reader.readline()).split()[1])
    headers = {}
    while (line := (await reader.readline()).strip()):
        name, value = line.split(b":", 1)
        headers[name.decode().lower()] = value.strip().decode()
    return status, headers


async def chunks(reader):
    while (size := int(await reader.readline(), 16)):
        yield await reader.readexactly(size)
        await reader.readline()
    await reader.readline()


async def once(reader, writer, kind, chance):
    """Sends a request; returns whether the connection goes on."""
    path, body = request(kind, chance)
    begin = time.perf_counter()
    if path is None:
        writer.write(f"GET /health HTTP/1.1\r\nHost: localhost:{PORT}\r\n\r\n".encode())
    else:
        data = json.dumps(body).encode()
        writer.write(f"POST {path} HTTP/1.1\r\nHost: localhost:{PORT}\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)
    await writer.drain()
    status, headers = await head(reader)
    statuses[status] += 1
    if "chunked" in headers.get("transfer-encoding", ""):
        first = True
        last = b""
        async for chunk in chunks(reader):
            if first:
                firsts.append(time.perf_counter() - begin)
                first = False
                if kind == "disconnect":
                    return False
            last = chunk
        if last != b"data: [DONE]\n\n":
            failures.append(f"a stream ended with {last[:200]}")
    else:
        answer = await reader.readexactly(int(headers["content-length"]))
        if status not in (200, 429):
            failures.append(f"{status} {answer[:200]}")
    latencies[kind].append(time.perf_counter() - begin)
    return headers.get("connection", "") != "close"


async def client(number, until):
    chance = random.Random(number)
    kinds = ["whole"] * 8 + ["stream"] * 6 + ["samples", "scores", "embeddings", "health", "disconnect"] + CHATS
    while time.perf_counter() < until:
        try:
            reader, writer = await asyncio.open_connection(HOST, PORT)
            while time.perf_counter() < until:
                if not await once(reader, writer, chance.choice(kinds), chance):
                    break
            writer.close()
        except (OSError, asyncio.IncompleteReadError, IndexError) as e:
            failures.append(repr(e))
            await asyncio.sleep(0.1)


async def watch(until):
    while time.perf_counter() < until:
        with open(f"/proc/{PID}/status", encoding="ascii") as file:
            memory.extend(int(line.split()[1]) // 1024 for line in file if line.startswith("VmRSS"))
        await asyncio.sleep(SECONDS / 12)


def percentiles(values):
    values = sorted(values)
    return "  ".join(f"{1000 * values[min(len(values) - 1, int(p * len(values)))]:8.1f}" for p in (0.5, 0.9, 0.99, 1))


async def main():
    until = time.perf_counter() + SECONDS
    await asyncio.gather(watch(until), *(client(number, until) for number in range(CONNECTIONS)))
    print(f"{CONNECTIONS} connections, {SECONDS} s; statuses {dict(statuses)}; {sum(statuses.values()) / SECONDS:.0f} requests/s")
    print(f"{'milliseconds':14}{'count':>8}  {'50 %':>8}  {'90 %':>8}  {'99 %':>8}  {'most':>8}")
    for kind, values in sorted(latencies.items()):
        print(f"{kind:14}{len(values):8}  {percentiles(values)}")
    print(f"{'first token':14}{len(firsts):8}  {percentiles(firsts)}")
    print("memory of the server in MB:", *memory)
    if failures:
        raise SystemExit(f"{len(failures)} failures, such as {failures[:5]}")


asyncio.run(main())
