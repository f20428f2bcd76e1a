package io.nanogpt.impl.tokenizer.character;

import java.util.Arrays;
import java.util.List;

/** A trie of byte strings, to find the longest that begins at a place. */
final class PieceTrie {
    private static final int NONE = -1;

    /** The children of the root, by their bytes: every search begins there. */
    private final int[] first = new int[1 << Byte.SIZE];

    private int[] firstChild = new int[64];
    private int[] sibling = new int[64];
    private byte[] value = new byte[64];
    private int[] piece = new int[64];
    private int nodes = 1;

    /** Builds a trie of pieces, which are identified by their index; empty ones are never found. */
    PieceTrie(List<byte[]> pieces) {
        Arrays.fill(piece, NONE);
        for (int i = 0; i < pieces.size(); i++) {
            int node = 0;
            for (byte next : pieces.get(i)) {
                int child = child(node, next);
                node = child == 0 ? add(node, next) : child;
            }
            if (node != 0) {
                piece[node] = i;
            }
        }
    }

    /** The longest piece that begins at a place and ends before {@code to}, or -1. */
    int longest(byte[] text, int from, int to) {
        int found = NONE;
        int node = first[text[from] & 0xFF];
        int at = from + 1;
        while (node != 0) {
            found = piece[node] == NONE ? found : piece[node];
            node = at < to ? child(node, text[at++]) : 0;
        }
        return found;
    }

    /** The child of a node, or 0, the root, where there is none. */
    private int child(int node, byte next) {
        int child = firstChild[node];
        while (child != 0 && value[child] != next) {
            child = sibling[child];
        }
        return child;
    }

    private int add(int parent, byte next) {
        if (nodes == value.length) {
            firstChild = Arrays.copyOf(firstChild, 2 * nodes);
            sibling = Arrays.copyOf(sibling, 2 * nodes);
            value = Arrays.copyOf(value, 2 * nodes);
            piece = Arrays.copyOf(piece, 2 * nodes);
            Arrays.fill(piece, nodes, 2 * nodes, NONE);
        }
        value[nodes] = next;
        sibling[nodes] = firstChild[parent];
        if (parent == 0) {
            first[next & 0xFF] = nodes;
        }
        firstChild[parent] = nodes;
        return nodes++;
    }
}
