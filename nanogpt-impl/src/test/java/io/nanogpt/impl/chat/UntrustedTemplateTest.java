package io.nanogpt.impl.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.chat.Message;
import io.nanogpt.impl.files.JsonValue;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates come from elsewhere: what they do is bounded, and what they may not have is refused by name. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@Tag("any-jdk")
class UntrustedTemplateTest {
    private static final List<Message> MESSAGES = List.of(Message.user("hi"), Message.assistant("ho"));

    private static String render(String template) {
        return ChatTemplate.jinja(template).render(MESSAGES, true);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '§', textBlock = """
                    {% macro f(a) %}{% endmacro %}             § line 1, column 4: the statement macro is not supported
                    {% include 'other' %}                      § column 4: the statement include is not supported
                    {% raw %}{{{% endraw %}                    § column 4: the statement raw is not supported
                    {{ messages | random }}                    § column 15: the filter random is not supported
                    {{ 1 is divisibleby 2 }}                   § column 9: the test divisibleby is not supported
                    {{ 'a'.format(1) }}                        § column 8: the method format is not supported
                    {{ ''.__class__.__mro__() }}               § column 17: the method __mro__ is not supported
                    {{ lipsum() }}                             § column 4: the function lipsum is not supported
                    {{ 1 / 2 }}                                § column 6: the operator / is not supported
                    {{ 2 ** 2 }}                               § column 6: the operator ** is not supported
                    {{ 1.5 }}                                  § column 4: a decimal number is not supported
                    {{ f(*x) }}                                § column 4: the function f is not supported
                    {% for a in b recursive %}{% endfor %}     § column 15: a recursive loop is not supported
                    {% for a in b %}                           § expected the tag else or endfor, but found the end
                    {% endif %}                                § unexpected endif
                    {% break %}                                § break stands outside of a loop
                    {{ 'a }}                                   § a text begins here that does not end
                    {{ a                                       § a tag begins here that does not end
                    {# a                                       § a comment begins here that does not end
                    {{ }}                                      § expected a value, but found }}
                    {{ a b }}                                  § expected }}, but found b
                    {{ ? }}                                    § unexpected character "?"
                    {{ 99999999999999999999 }}                 § is too large
                    {% set a.b.c = 1 %}                        § expected %}, but found .
                    """)
    void whatIsNotSupportedIsRefusedByItsPlace(String template, String message) {
        assertThatThrownBy(() -> ChatTemplate.jinja(template))
                .isInstanceOf(NanogptException.class)
                .hasMessageStartingWith("the chat template, line 1, column ")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '§', textBlock = """
                    {{ messages }}                       § the output cannot write a list
                    {{ 'a' + 1 }}                        § the operator + takes a text, but is given a number
                    {{ 1 + 'a' }}                        § the operator + cannot join a number and a text; use ~
                    {{ nothing.member }}                 § nothing is undefined, so that it has no member
                    {{ strftime_now('%d') }}             § strftime_now is undefined here
                    {{ 1 % 0 }}                          § division by zero
                    {{ 9 * 999999999999999999 * 9 }}     § is too large
                    {% set messages.x = 1 %}             § messages is no namespace
                    {% for a, b, c in ['x'] %}{% endfor %} § 1 values cannot be assigned to 3 variables
                    {{ messages[0].content.split('') }}  § split needs a separator that is not empty
                    {{ [1][::0] }}                       § the step of a slice must not be 0
                    {{ none.strip() }}                   § none, has no method strip
                    """)
    void whatCannotBeRenderedIsRefusedByItsPlace(String template, String message) {
        assertThatThrownBy(() -> render(template))
                .isInstanceOf(NanogptException.class)
                .hasMessageStartingWith("the chat template, line 1, column ")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(999999999999) %}{% endfor %}",
                "{% for a in range(3000) %}{% for b in range(3000) %}{% endfor %}{% endfor %}",
                "{% set n = namespace(x='aaaaaaaa') %}{% for a in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}",
                "{% set n = namespace(x='aaaaaaaa') %}{% for a in range(99) %}{% set n.x = n.x | replace('a', n.x) %}{% endfor %}",
                "{% set n = namespace(x=[1]) %}{% for a in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}",
                "{% set n = namespace(x=[1]) %}{% for a in range(99) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x | tojson }}",
                "{% set n = namespace(x=[1], y=[1]) %}{% for a in range(99) %}{% set n.x = [n.x, n.x] %}"
                        + "{% set n.y = [n.y, n.y] %}{% endfor %}{{ n.x == n.y }}",
                "{% set n = namespace(x=[1]) %}{% for a in range(9999) %}{% set n.x = [n.x] %}{% endfor %}{{ n.x | tojson }}",
                "{% set n = namespace(x=[1], y=[1]) %}{% for a in range(9999) %}{% set n.x = [n.x] %}{% set n.y = [n.y] %}"
                        + "{% endfor %}{{ n.x == n.y }}",
                "{% set n = namespace() %}{% set n.n = n %}{{ n | tojson }}",
            })
    void whatWouldTakeForEverIsCut(String template) {
        assertThatThrownBy(() -> render(template))
                .isInstanceOf(NanogptException.class)
                .hasMessageStartingWith("the chat template, line 1, column ");
    }

    @Test
    void deepTemplatesAreRefusedBeforeTheStackEnds() {
        int deep = 10_000;
        List<String> templates = List.of(
                "{{ " + "(".repeat(deep) + "1" + ")".repeat(deep) + " }}",
                "{{ " + "[".repeat(deep) + "]".repeat(deep) + " }}",
                "{{ " + "not ".repeat(deep) + "1 }}",
                "{{ 1" + " + 1".repeat(deep) + " }}",
                "{{ 1" + " < 1".repeat(deep) + " }}",
                "{{ a" + ".b".repeat(deep) + " }}",
                "{{ a" + " | trim".repeat(deep) + " }}",
                "{{ a" + " is string".repeat(deep) + " }}",
                "{{ 1" + " if 1 else 1".repeat(deep) + " }}",
                "{{ 1" + " if 1".repeat(deep) + " }}",
                "{% if 1 %}".repeat(deep) + "{% endif %}".repeat(deep),
                "{% for a in b %}".repeat(deep) + "{% endfor %}".repeat(deep),
                "{{ - - 1 }}",
                "a".repeat(1_000_001));
        for (String template : templates) {
            assertThatThrownBy(() -> ChatTemplate.jinja(template))
                    .as(template.substring(0, Math.min(30, template.length())))
                    .isInstanceOf(NanogptException.class);
        }
    }

    @Test
    void longConversationsAreNot() {
        List<Message> many = IntStream.range(0, 10_000)
                .mapToObj(i -> i % 2 == 0 ? Message.user("question " + i) : Message.assistant("answer"))
                .toList();
        assertThat(ChatTemplate.gemma().render(many, true)).endsWith("<start_of_turn>model\n");
        String large = "word ".repeat(1_000_000);
        assertThat(ChatTemplate.llama3().render(List.of(Message.user(large)), true))
                .contains(large.strip());
    }

    /** Whatever is done to a template, it renders or is refused with its place. */
    @Test
    void changedTemplatesRenderOrAreRefused() {
        Random random = new Random(7);
        String[] seeds =
                JsonValue.read(Path.of("src/test/resources/chat/templates.json"), "a list of templates")
                        .elements()
                        .stream()
                        .map(template -> template.member("template").string())
                        .toArray(String[]::new);
        String[] parts = {
            "{{", "}}", "{%", "%}", "'", "-", "[", "(", "|", " if ", " else ", "loop.", ":", "{#", "\\", "\n"
        };
        int rendered = 0;
        for (int i = 0; i < 5_000; i++) {
            StringBuilder template = new StringBuilder(seeds[random.nextInt(seeds.length)]);
            for (int changes = random.nextInt(3) + 1; changes > 0; changes--) {
                int at = random.nextInt(template.length());
                int to = Math.min(template.length(), at + random.nextInt(5));
                template.replace(at, to, random.nextBoolean() ? parts[random.nextInt(parts.length)] : "");
            }
            try {
                render(template.toString());
                rendered++;
            } catch (NanogptException e) {
                assertThat(e).hasMessageStartingWith("the chat template, line ");
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("the chat template refuses these messages: ");
            }
        }
        assertThat(rendered).isPositive();
    }
}
