package io.nanogpt.impl.jsonschema;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/** Appends fixed JSON texts, those that begin alike with their beginning in common. */
final class LiteralRules {
    private static final int ASCII = 0x80;

    private final ProgramBuilder program;
    private final Vocabulary vocabulary;

    /** Texts from {@code from} to {@code to} that are alike up to {@code place}, and the split that leads to them. */
    private record Group(int from, int to, int place, int split) {}

    LiteralRules(ProgramBuilder program, Vocabulary vocabulary) {
        this.program = program;
        this.vocabulary = vocabulary;
    }

    /** A JSON text as it is written: a character that the vocabulary lacks by its number. */
    byte[] bytes(String json) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int at = 0; at < json.length(); ) {
            int codePoint = json.codePointAt(at);
            at += Character.charCount(codePoint);
            String text = Character.toString(codePoint);
            if (codePoint >= ASCII && !vocabulary.canWrite(codePoint)) {
                StringBuilder escaped = new StringBuilder();
                text.chars().forEach(unit -> escaped.append(String.format(Locale.ROOT, "\\u%04x", unit)));
                text = escaped.toString();
            }
            bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    /** Appends one of several texts, which ends the rule. */
    void emit(List<String> json) {
        byte[][] texts =
                json.stream().map(this::bytes).sorted(Arrays::compareUnsigned).toArray(byte[][]::new);
        Deque<Group> pending = new ArrayDeque<>();
        pending.push(new Group(0, texts.length, 0, -1));
        while (!pending.isEmpty()) {
            Group group = pending.pop();
            if (group.split() >= 0) {
                program.land(group.split());
            }
            emit(texts, group, pending);
        }
    }

    private void emit(byte[][] texts, Group group, Deque<Group> pending) {
        int from = group.from();
        int place = group.place();
        while (true) {
            int ended = from;
            while (ended < group.to() && texts[ended].length == place) {
                ended++;
            }
            if (ended == group.to()) {
                program.add(Program.RETURN, 0);
                return;
            }
            List<Integer> ends = ends(texts, ended, group.to(), place);
            if (ended == from && ends.size() == 1) {
                program.takeByte(texts[from][place] & 0xFF);
                place++;
                continue;
            }
            if (ended > from) {
                int split = program.add(Program.SPLIT, program.size() + 1);
                program.add(Program.RETURN, 0);
                program.land(split);
            }
            branch(ended, ends, place, pending);
            return;
        }
    }

    /** Where texts with another byte at a place begin, and the end of all. */
    private static List<Integer> ends(byte[][] texts, int from, int to, int place) {
        List<Integer> ends = new ArrayList<>();
        for (int i = from + 1; i <= to; i++) {
            if (i == to || texts[i][place] != texts[i - 1][place]) {
                ends.add(i);
            }
        }
        return ends;
    }

    private void branch(int from, List<Integer> ends, int place, Deque<Group> pending) {
        int begin = from;
        for (int i = 0; i < ends.size(); i++) {
            boolean last = i == ends.size() - 1;
            int split = last ? program.add(Program.JUMP, 0) : program.add(Program.SPLIT, program.size() + 1);
            pending.push(new Group(begin, ends.get(i), place, split));
            begin = ends.get(i);
        }
    }
}
