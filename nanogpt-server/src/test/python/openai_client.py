"""Uses a running server with OpenAI's own client, and compares its texts with those of the command line.

    pip install openai==3.57.0
    java -jar nanogpt.jar serve --model my-model --port 8080 &
    python openai_client.py http://127.0.0.1:8080 my-model H\\&E java -jar nanogpt.jar

Arguments: the address of the server, the folder of its model, a prompt, and the command of nanogpt. The model must be one
with a tokenizer of bytes, so that it can write JSON. Where it has a chat template, chat completions are compared as well;
without one, they must be refused.
"""

import asyncio
import json
import math
import struct
import subprocess
import sys
from base64 import b64decode

import openai

URL, MODEL, PROMPT = sys.argv[1:4]
COMMAND = sys.argv[4:]
client = openai.OpenAI(base_url=URL + "/v1", api_key="none", max_retries=0)
NAME = client.models.list().data[0].id
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["stain", "count"],
    "properties": {
        "stain": {"enum": ["H&E", "PAS"]},
        "count": {"type": "integer", "minimum": 0, "maximum": 99},
    },
}
passed = 0


def check(name, condition, shown=""):
    global passed
    if not condition:
        raise SystemExit(f"FAILED: {name} {shown}")
    passed += 1
    print("ok", name)


def command_line(*options):
    line = subprocess.run(
        [*COMMAND, "generate", "--model", MODEL, "--prompt", PROMPT, "--json", *options],
        capture_output=True, text=True, check=True).stdout.splitlines()[-1]
    return json.loads(line)["samples"]


def complete(**options):
    settings = {"model": NAME, "prompt": PROMPT, "max_tokens": 60, "seed": 7, "temperature": 0.8, **options}
    return client.completions.create(**settings)


def refused(kind, call):
    try:
        call()
    except kind as e:
        return e
    raise SystemExit(f"FAILED: {kind} expected")


def completions():
    whole = complete()
    text = whole.choices[0].text
    check("a completion has the text of the command line",
          [text] == command_line("--max-tokens", "60", "--seed", "7", "--temperature", "0.8"), repr(text))
    check("usage adds up", whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens)
    chunks = list(complete(stream=True, stream_options={"include_usage": True}))
    check("the streamed text is the whole text", "".join(c.choices[0].text for c in chunks if c.choices) == text)
    check("a stream ends with the same reason",
          [c.choices[0].finish_reason for c in chunks if c.choices][-1] == whole.choices[0].finish_reason)
    check("a stream ends with the usage", chunks[-1].usage == whole.usage)
    samples = [choice.text for choice in complete(n=3).choices]
    check("n samples are those of the command line",
          samples == command_line("--max-tokens", "60", "--seed", "7", "--temperature", "0.8", "--samples", "3"))
    both = [choice.text for choice in complete(prompt=[PROMPT, PROMPT + text[:5]], n=2).choices]
    check("several prompts", both[:2] == samples[:2] and len(both) == 4)
    stop = text[10:13]
    check("a stop text ends the text before it", complete(stop=[stop]).choices[0].text == text[:text.index(stop)])
    check("a stop has its reason", complete(stop=stop).choices[0].finish_reason == "stop")
    check("greedy", complete(temperature=0).choices[0].text
          == command_line("--greedy", "--max-tokens", "60")[0])
    check("top_p and penalties", complete(top_p=0.9, frequency_penalty=0.5, presence_penalty=0.2).choices[0].text
          == command_line("--max-tokens", "60", "--seed", "7", "--temperature", "0.8", "--top-p", "0.9",
                          "--frequency-penalty", "0.5", "--presence-penalty", "0.2")[0])
    check("another seed, another text", complete(seed=8).choices[0].text != text)


def scores():
    choice = complete(logprobs=3).choices[0]
    scores = choice.logprobs
    check("log-probabilities have the tokens of the text", "".join(scores.tokens) == choice.text)
    check("each has alternatives", all(len(best) == 3 for best in scores.top_logprobs))
    check("and probabilities", all(0 < math.exp(p) <= 1 for p in scores.token_logprobs))
    check("and offsets", scores.text_offset[:1] == [0] and scores.text_offset == sorted(scores.text_offset))
    streamed = [c.choices[0].logprobs for c in complete(logprobs=3, stream=True)]
    check("the same in a stream", [p for s in streamed if s for p in s.token_logprobs] == scores.token_logprobs)
    first = complete(temperature=0, logprobs=0).choices[0].logprobs.tokens[0]
    with open(MODEL + "/tokenizer.json", encoding="utf-8") as file:
        token = json.load(file)["model"]["vocab"][first.replace(" ", "\u0120")]
    without = complete(temperature=0, logprobs=0, logit_bias={str(token): -100}).choices[0].logprobs.tokens
    check("logit_bias forbids a token", first not in without)


def json_schema():
    form = {"type": "json_schema", "json_schema": {"name": "report", "strict": True, "schema": SCHEMA}}
    for seed in range(5):
        choice = complete(seed=seed, max_tokens=100, extra_body={"response_format": form}).choices[0]
        value = json.loads(choice.text)
        check(f"JSON fits its schema {value}", set(value) == {"stain", "count"} and 0 <= value["count"] <= 99
              and choice.finish_reason == "stop")


def embeddings():
    one = client.embeddings.create(model=NAME, input=PROMPT, encoding_format="float").data[0].embedding
    packed = client.embeddings.create(model=NAME, input=[PROMPT, PROMPT + PROMPT])
    check("embeddings in base64 are those as numbers",
          all(abs(a - b) < 1e-6 for a, b in zip(packed.data[0].embedding, one)) and len(packed.data) == 2)
    check("an embedding has length 1", abs(sum(x * x for x in one) - 1) < 1e-5)
    raw = client.embeddings.with_raw_response.create(model=NAME, input=PROMPT, encoding_format="base64")
    bits = b64decode(json.loads(raw.text)["data"][0]["embedding"])
    check("and 32-bit numbers", len(struct.unpack(f"<{len(one)}f", bits)) == len(one))


def errors():
    e = refused(openai.NotFoundError, lambda: complete(model="no such model"))
    check("an unknown model", e.code == "model_not_found" and e.param == "model")
    e = refused(openai.BadRequestError, lambda: complete(temperature=-1))
    check("a wrong value", e.param == "temperature" and e.type == "invalid_request_error", e)
    e = refused(openai.BadRequestError, lambda: complete(echo=True))
    check("what would have no effect", e.code == "unsupported_parameter" and e.param == "echo")
    e = refused(openai.BadRequestError, lambda: complete(max_tokens=10 ** 9))
    check("too many tokens", e.param == "max_tokens")
    check("what is harmless is ignored", complete(user="someone").choices[0].text == complete().choices[0].text)
    refused(openai.BadRequestError, lambda: complete(extra_body={"response_format": {"type": "json_object"}}))


def chat():
    messages = [{"role": "user", "content": PROMPT}]
    settings = {"model": NAME, "messages": messages, "max_completion_tokens": 40, "seed": 7}
    try:
        whole = client.chat.completions.create(**settings)
    except openai.BadRequestError as e:
        check("a model without a chat template says so", "template" in e.message, e)
        return
    text = whole.choices[0].message.content
    chunks = list(client.chat.completions.create(**settings, stream=True, stream_options={"include_usage": True}))
    check("a streamed chat is the whole one",
          "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == text)
    check("its first chunk has the role", chunks[0].choices[0].delta.role == "assistant")
    check("and its last the usage", chunks[-1].usage == whole.usage)
    scores = client.chat.completions.create(**settings, logprobs=True, top_logprobs=2).choices[0]
    check("log-probabilities of a chat", "".join(t.token for t in scores.logprobs.content) == text
          and all(len(t.top_logprobs) == 2 for t in scores.logprobs.content))
    several = client.chat.completions.create(**settings, n=2).choices
    check("n answers", len(several) == 2 and several[0].message.content == text)
    form = {"type": "json_schema", "json_schema": {"name": "report", "strict": True, "schema": SCHEMA}}
    answer = client.chat.completions.create(**{**settings, "max_completion_tokens": 100}, response_format=form)
    check("JSON in a chat", set(json.loads(answer.choices[0].message.content)) == {"stain", "count"})
    e = refused(openai.BadRequestError, lambda: client.chat.completions.create(
        **settings, tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}]))
    check("tools are refused", e.param == "tools")


async def at_once():
    alone = [complete(seed=seed).choices[0].text for seed in range(64)]
    async with openai.AsyncOpenAI(base_url=URL + "/v1", api_key="none", max_retries=0) as many:
        answers = await asyncio.gather(*(many.completions.create(
            model=NAME, prompt=PROMPT, max_tokens=60, seed=seed, temperature=0.8) for seed in range(64)))
        stream = await many.completions.create(model=NAME, prompt=PROMPT, max_tokens=60, seed=3, temperature=0.8, stream=True)
        streamed = "".join([c.choices[0].text async for c in stream])
    check("64 at once are those of each alone", [a.choices[0].text for a in answers] == alone)
    check("a stream of the asynchronous client", streamed == alone[3])


completions()
scores()
json_schema()
embeddings()
errors()
chat()
asyncio.run(at_once())
print(f"all {passed} checks passed, with openai {openai.__version__} and Python {sys.version.split()[0]}")
