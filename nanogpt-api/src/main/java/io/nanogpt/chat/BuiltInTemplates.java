package io.nanogpt.chat;

/** The sources of the built-in templates, as of 2026 the formats of the models that they are named after. */
final class BuiltInTemplates {
    static final String CHAT_ML = """
            {%- for message in messages -%}
                {{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}
            {%- endfor -%}
            {%- if add_generation_prompt -%}
                {{ '<|im_start|>assistant\\n' }}
            {%- endif -%}
            """;

    static final String LLAMA_3 = """
            {{- bos_token -}}
            {%- for message in messages -%}
                {{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' }}
                {{- message['content'] | trim + '<|eot_id|>' }}
            {%- endfor -%}
            {%- if add_generation_prompt -%}
                {{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
            {%- endif -%}
            """;

    /** Gemma has no role for instructions: they begin the first message of the user. */
    static final String GEMMA = """
            {{- bos_token -}}
            {%- if messages[0]['role'] == 'system' -%}
                {%- set instructions = messages[0]['content'] | trim + '\\n\\n' -%}
                {%- set turns = messages[1:] -%}
            {%- else -%}
                {%- set instructions = '' -%}
                {%- set turns = messages -%}
            {%- endif -%}
            {%- for message in turns -%}
                {%- set role = 'model' if message['role'] == 'assistant' else message['role'] -%}
                {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
                    {{ raise_exception('user and assistant must alternate, after at most one system message') }}
                {%- endif -%}
                {{ '<start_of_turn>' + role + '\\n' + (instructions if loop.first else '') }}
                {{- message['content'] | trim + '<end_of_turn>\\n' }}
            {%- endfor -%}
            {%- if add_generation_prompt -%}
                {{ '<start_of_turn>model\\n' }}
            {%- endif -%}
            """;

    static final String PLAIN = """
            {%- for message in messages -%}
                {{ message['role'] | capitalize + ':\\n' + message['content'] + '\\n\\n' }}
            {%- endfor -%}
            {%- if add_generation_prompt -%}
                {{ 'Assistant:\\n' }}
            {%- endif -%}
            """;

    private BuiltInTemplates() {}
}
