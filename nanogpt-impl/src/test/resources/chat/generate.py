"""Conversations as transformers 5.24 writes and encodes them: templates.json and tokenizer.json.

The templates are written after the published formats of the models that they are named after.
"""

import json
import pathlib

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

HERE = pathlib.Path(__file__).parent

TEMPLATES = {
    "chatml": (
        None,
        "<|im_end|>",
        "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>'"
        " + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
    ),
    "qwen2.5": (
        None,
        "<|im_end|>",
        """{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0]['role'] == 'system' %}
        {{- messages[0]['content'] }}
    {%- endif %}
    {%- for tool in tools %}
        {{- "\\n" }}
        {{- tool | tojson }}
    {%- endfor %}
{%- else %}
    {%- if messages[0]['role'] == 'system' %}
        {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}
    {%- endif %}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant" and not message.tool_calls) %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "tool" %}
        {%- if (loop.index0 == 0) or (messages[loop.index0 - 1].role != "tool") %}
            {{- '<|im_start|>user' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
""",
    ),
    "qwen3": (
        None,
        "<|im_end|>",
        """{%- if messages[0].role == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
{%- endif %}
{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step_tool and message.role == "user" and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.multi_step_tool = false %}
        {%- set ns.last_query_index = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.content is string %}
        {%- set content = message.content %}
    {%- else %}
        {%- set content = '' %}
    {%- endif %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {%- set reasoning_content = '' %}
        {%- if message.reasoning_content is string %}
            {%- set reasoning_content = message.reasoning_content %}
        {%- else %}
            {%- if '</think>' in content %}
                {%- set reasoning_content = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
                {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
            {%- endif %}
        {%- endif %}
        {%- if loop.index0 > ns.last_query_index %}
            {%- if loop.last or (not loop.last and reasoning_content) %}
                {{- '<|im_start|>' + message.role + '\\n<think>\\n' + reasoning_content.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
            {%- else %}
                {{- '<|im_start|>' + message.role + '\\n' + content }}
            {%- endif %}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\\n' + content }}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}""",
    ),
    "llama3": (
        "<|begin_of_text|>",
        "<|eot_id|>",
        "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' +"
        " message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0"
        " %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}{{"
        " '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}",
    ),
    "gemma": (
        "<bos>",
        "<eos>",
        "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{%"
        " endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{"
        " raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if"
        " (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif"
        " %}{{ '<start_of_turn>' + role + '\\n' + message['content'] | trim + '<end_of_turn>\\n' }}{% endfor %}{% if"
        " add_generation_prompt %}{{'<start_of_turn>model\\n'}}{% endif %}",
    ),
    "gemma3": (
        "<bos>",
        "<eos>",
        """{{ bos_token }}
{%- if messages[0]['role'] == 'system' -%}
    {%- if messages[0]['content'] is string -%}
        {%- set first_user_prefix = messages[0]['content'] + '

' -%}
    {%- else -%}
        {%- set first_user_prefix = messages[0]['content'][0]['text'] + '

' -%}
    {%- endif -%}
    {%- set loop_messages = messages[1:] -%}
{%- else -%}
    {%- set first_user_prefix = "" -%}
    {%- set loop_messages = messages -%}
{%- endif -%}
{%- for message in loop_messages -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{ raise_exception("Conversation roles must alternate user/assistant/user/assistant/...") }}
    {%- endif -%}
    {%- if (message['role'] == 'assistant') -%}
        {%- set role = "model" -%}
    {%- else -%}
        {%- set role = message['role'] -%}
    {%- endif -%}
    {{ '<start_of_turn>' + role + '
' + (first_user_prefix if loop.first else "") }}
    {%- if message['content'] is string -%}
        {{ message['content'] | trim }}
    {%- elif message['content'] is iterable -%}
        {%- for item in message['content'] -%}
            {%- if item['type'] == 'text' -%}
                {{ item['text'] | trim }}
            {%- endif -%}
        {%- endfor -%}
    {%- else -%}
        {{ raise_exception("Invalid content type") }}
    {%- endif -%}
    {{ '<end_of_turn>
' }}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{'<start_of_turn>model
'}}
{%- endif -%}
""",
    ),
    "mistral": (
        "<s>",
        "</s>",
        "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{"
        " raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if"
        " message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}{% elif message['role'] =="
        " 'assistant' %}{{ message['content'] + eos_token}}{% else %}{{ raise_exception('Only user and assistant roles"
        " are supported!') }}{% endif %}{% endfor %}",
    ),
    "mistral-v3": (
        "<s>",
        "</s>",
        """{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- set user_messages = loop_messages | selectattr("role", "equalto", "user") | list %}
{%- set ns = namespace() %}
{%- set ns.index = 0 %}
{%- for message in loop_messages %}
    {%- if not (message.role == "tool" or message.role == "tool_results" or (message.tool_calls is defined and message.tool_calls is not none)) %}
        {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}
            {{- raise_exception("After the optional system message, conversation roles must alternate user/assistant/user/assistant/...") }}
        {%- endif %}
        {%- set ns.index = ns.index + 1 %}
    {%- endif %}
{%- endfor %}

{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if loop.last and system_message is defined %}
            {{- "[INST] " + system_message + "\\n\\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"]|trim + eos_token }}
    {%- else %}
        {{- raise_exception("Only user and assistant roles are supported, with the exception of an initial optional system message!") }}
    {%- endif %}
{%- endfor %}
""",
    ),
    "zephyr": (
        "<s>",
        "</s>",
        """{% for message in messages %}
{% if message['role'] == 'user' %}
{{ '<|user|>
' + message['content'] + eos_token }}
{% elif message['role'] == 'system' %}
{{ '<|system|>
' + message['content'] + eos_token }}
{% elif message['role'] == 'assistant' %}
{{ '<|assistant|>
'  + message['content'] + eos_token }}
{% endif %}
{% if loop.last and add_generation_prompt %}
{{ '<|assistant|>' }}
{% endif %}
{% endfor %}""",
    ),
    "phi3": (
        "<s>",
        "<|endoftext|>",
        "{% for message in messages %}{% if message['role'] == 'system' %}{{'<|system|>\\n' + message['content'] +"
        " '<|end|>\\n'}}{% elif message['role'] == 'user' %}{{'<|user|>\\n' + message['content'] + '<|end|>\\n'}}{% elif"
        " message['role'] == 'assistant' %}{{'<|assistant|>\\n' + message['content'] + '<|end|>\\n'}}{% endif %}{%"
        " endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% else %}{{ eos_token }}{% endif %}",
    ),
    "language": (
        None,
        None,
        """{#- A tour of the language. -#}
{%- set ns = namespace(total=0, names=[]) %}
{%- for message in messages if message.content %}
  {%- set ns.total = ns.total + message.content | length %}
  {%- set ns.names = ns.names + [message.role | upper] %}
{%- else %}none{% endfor %}
{{ ns.total }} {{ ns.names | join(', ') }} {{ ns.names[0][1:3] ~ ns.names[-1][::-1] }} {{ unknown }}|{{ none }}|{{ true }}
{% set block %}a {{ 1 + 2 * 3 - 4 // 3 }} b{% endset %}
{{ block | trim | title }} {{ (1, 2, 3)[1:] | list | length }} {{ 'x' if unknown is defined else 'y' }}
{%- for a, b in {'k': 'v', 'l': 'w'}.items() %} {{ a }}={{ b }}{{ ';' if not loop.last }}{% endfor %}
  {% if messages | length > 1 and not (messages[0].role == 'user' or false) %}
  two
  {% elif 'a' in 'cat' and 1 < 2 <= 2 %}
    first
    {%- else %}
  other
  {% endif %}
{{- "\\u00e9\\t'" + 'q"' }} {{ range(2, 7, 2) | first }} {{ ' x '.strip() ~ 'a-b-c'.split('-', 1)[1] }}
{%+ if true %} kept {% endif %}
{% for x in range(5) %}{% if x == 1 %}{% continue %}{% endif %}{% if x == 3 %}{% break %}{% endif %}{{ x }}{{ loop.index }}{% endfor %}
{{ messages[0].content | replace('a', 'A') | capitalize }} {{ messages[0].get('name', 'anonymous') }}
{{ -7 % 3 }} {{ 'abc' is string }} {{ messages[9] is undefined }} {{ '%s' | default('d') }} {{ nothing | default('d') }}

""",
    ),
}

CONVERSATIONS = [
    [("user", "Hi there")],
    [("user", "  What is a cell?\n"), ("assistant", " The unit of life. "), ("user", "And é 🙂?")],
    [("system", "Be brief."), ("user", "a b"), ("assistant", "<think>\nhm\n</think>\n\nc"), ("user", "d\n\ne")],
    [("user", "one"), ("assistant", "two")],
    [("assistant", "wrong"), ("user", "order")],
    [("user", "")],
]

SPECIAL = [
    "<|im_start|>",
    "<|im_end|>",
    "<|begin_of_text|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eot_id|>",
    "<bos>",
    "<eos>",
    "<start_of_turn>",
    "<end_of_turn>",
    "<s>",
    "</s>",
    "<|endoftext|>",
]
# As in the tokenizer of Phi-3, these take the white space after them.
STRIPPING = ["<|user|>", "<|assistant|>", "<|system|>", "<|end|>"]
PLAIN = ["<think>", "</think>"]


def tokenizer():
    tokens = Tokenizer(models.BPE())
    tokens.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokens.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=290, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=[], show_progress=False
    )
    tokens.train_from_iterator(["the cell and the unit of the life", "user assistant system model", "\n\n\n\n"], trainer)
    tokens.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in SPECIAL])
    tokens.add_special_tokens([AddedToken(text, special=True, normalized=False, rstrip=True) for text in STRIPPING])
    tokens.add_tokens([AddedToken(text, special=False, normalized=False) for text in PLAIN])
    tokens.save(str(HERE / "tokenizer.json"), pretty=False)
    return tokens


def main():
    tokens = tokenizer()
    written = []
    for name, (bos, eos, template) in TEMPLATES.items():
        fast = PreTrainedTokenizerFast(tokenizer_object=tokens, bos_token=bos, eos_token=eos)
        fast.chat_template = template
        cases = []
        for conversation in CONVERSATIONS if name != "language" else CONVERSATIONS[:-1]:
            messages = [{"role": role, "content": content} for role, content in conversation]
            for prompt in (True, False):
                case = {"messages": messages, "prompt": prompt}
                try:
                    case["text"] = fast.apply_chat_template(messages, tokenize=False, add_generation_prompt=prompt)
                    case["ids"] = fast.apply_chat_template(
                        messages, tokenize=True, add_generation_prompt=prompt, return_dict=False
                    )
                except Exception as e:
                    case["refused"] = str(e)
                cases.append(case)
        written.append({"name": name, "bos": bos, "eos": eos, "template": template, "cases": cases})
    (HERE / "templates.json").write_text(json.dumps(written, ensure_ascii=True, indent=None) + "\n")


main()
