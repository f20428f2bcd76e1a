package io.nanogpt.impl.tokenizer.pipeline;

import io.nanogpt.impl.tokenizer.bpe.ByteAlphabet;
import io.nanogpt.impl.tokenizer.pretokenize.Utf8;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Makes text of tokens: each step changes a list of texts, which are joined at the end. */
public sealed interface TokenDecoder {
    /** Changes tokens. */
    List<String> decode(List<String> tokens);

    /** One after the other. */
    record Sequence(List<TokenDecoder> steps) implements TokenDecoder {
        @Override
        public List<String> decode(List<String> tokens) {
            List<String> changed = tokens;
            for (TokenDecoder step : steps) {
                changed = step.decode(changed);
            }
            return changed;
        }
    }

    /** Puts spaces between tokens, where a file has no decoder. */
    record Spaces() implements TokenDecoder {
        @Override
        public List<String> decode(List<String> tokens) {
            return List.of(String.join(" ", tokens));
        }
    }

    /** Joins tokens, for the steps after it. */
    record Fuse() implements TokenDecoder {
        @Override
        public List<String> decode(List<String> tokens) {
            return List.of(String.join("", tokens));
        }
    }

    /** Characters of GPT-2's alphabet as bytes; tokens with others as they are. */
    record ByteLevel() implements TokenDecoder {
        @Override
        public List<String> decode(List<String> tokens) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (String token : tokens) {
                bytes.writeBytes(bytes(token));
            }
            return List.of(bytes.toString(StandardCharsets.UTF_8));
        }

        static byte[] bytes(String token) {
            byte[] bytes = ByteAlphabet.read(token);
            return bytes == null ? token.getBytes(StandardCharsets.UTF_8) : bytes;
        }
    }

    /** Tokens such as {@code <0x0A>} as bytes; a run of them that is not UTF-8 as a U+FFFD for each. */
    record ByteFallback() implements TokenDecoder {
        private static final int LENGTH = 6;

        @Override
        public List<String> decode(List<String> tokens) {
            List<String> decoded = new ArrayList<>();
            ByteArrayOutputStream run = new ByteArrayOutputStream();
            for (String token : tokens) {
                int value = value(token);
                if (value >= 0) {
                    run.write(value);
                } else {
                    addRun(run, decoded);
                    decoded.add(token);
                }
            }
            addRun(run, decoded);
            return decoded;
        }

        /** The byte of a token, or -1. */
        static int value(String token) {
            if (token.length() != LENGTH || !token.startsWith("<0x") || !token.endsWith(">")) {
                return -1;
            }
            int high = Character.digit(token.charAt(3), 16);
            int low = Character.digit(token.charAt(4), 16);
            boolean ascii = token.charAt(3) < 0x80 && token.charAt(4) < 0x80;
            return ascii && high >= 0 && low >= 0 ? 16 * high + low : -1;
        }

        private static void addRun(ByteArrayOutputStream run, List<String> decoded) {
            if (run.size() > 0) {
                byte[] bytes = run.toByteArray();
                boolean valid = Utf8.firstInvalid(bytes, 0, bytes.length) == bytes.length;
                decoded.add(valid ? new String(bytes, StandardCharsets.UTF_8) : "\uFFFD".repeat(bytes.length));
                run.reset();
            }
        }
    }

    /**
     * A visible character as a space.
     *
     * @param prepended whether the first token may begin with one that stands for nothing
     */
    record Metaspace(String replacement, boolean prepended) implements TokenDecoder {
        @Override
        public List<String> decode(List<String> tokens) {
            List<String> decoded = new ArrayList<>(tokens.size());
            for (String token : tokens) {
                String space = decoded.isEmpty() && prepended ? "" : " ";
                decoded.add(token.replace(replacement, space));
            }
            return decoded;
        }
    }

    /** Replaces what a pattern matches in each token. */
    record Replace(TextPattern pattern, String content) implements TokenDecoder {
        @Override
        public List<String> decode(List<String> tokens) {
            List<String> decoded = new ArrayList<>(tokens.size());
            for (String token : tokens) {
                decoded.add(Normalizer.replaced(token, pattern.find(token), content));
            }
            return decoded;
        }
    }

    /** Takes up to a number of one character from the ends of each token. */
    record Strip(int character, int start, int stop) implements TokenDecoder {
        @Override
        public List<String> decode(List<String> tokens) {
            List<String> decoded = new ArrayList<>(tokens.size());
            for (String token : tokens) {
                int[] characters = token.codePoints().toArray();
                int from = 0;
                while (from < Math.min(start, characters.length) && characters[from] == character) {
                    from++;
                }
                int to = characters.length;
                while (to > from && characters.length - to < stop && characters[to - 1] == character) {
                    to--;
                }
                decoded.add(new String(characters, from, to - from));
            }
            return decoded;
        }
    }

    /**
     * Tokens that begin with a prefix belong to the one before, others are preceded by a space.
     *
     * @param cleanup whether to take spaces before punctuation out
     */
    record WordPiece(String prefix, boolean cleanup) implements TokenDecoder {
        private static final String[][] CLEANED = {
            {" .", "."},
            {" ?", "?"},
            {" !", "!"},
            {" ,", ","},
            {" ' ", "'"},
            {" n't", "n't"},
            {" 'm", "'m"},
            {" do not", " don't"},
            {" 's", "'s"},
            {" 've", "'ve"},
            {" 're", "'re"}
        };

        @Override
        public List<String> decode(List<String> tokens) {
            List<String> decoded = new ArrayList<>(tokens.size());
            for (String token : tokens) {
                String text = token;
                if (!decoded.isEmpty()) {
                    text = token.startsWith(prefix) ? token.substring(prefix.length()) : " " + token;
                }
                decoded.add(cleanup ? cleaned(text) : text);
            }
            return decoded;
        }

        private static String cleaned(String text) {
            String cleaned = text;
            for (String[] pair : CLEANED) {
                cleaned = cleaned.replace(pair[0], pair[1]);
            }
            return cleaned;
        }
    }

    /** The end of a word as a space, but for the last token. */
    record WordEnds(String suffix) implements TokenDecoder {
        @Override
        public List<String> decode(List<String> tokens) {
            List<String> decoded = new ArrayList<>(tokens.size());
            for (String token : tokens) {
                boolean last = decoded.size() == tokens.size() - 1;
                decoded.add(token.replace(suffix, last ? "" : " "));
            }
            return decoded;
        }
    }
}
