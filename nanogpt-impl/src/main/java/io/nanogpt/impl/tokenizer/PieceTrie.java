package io.nanogpt.impl.tokenizer;

import java.util.Arrays;
import java.util.List;

/** Byte strings as a tree, to find the longest that stands at a place. */
final class PieceTrie {
    private static final int NONE = -1;

    private int[] firstChild = new int[64];
    private int[] sibling = new int[64];
    private byte[] value = new byte[64];
    private int[] piece = new int[64];
    private int nodes = 1;

    /** A tree of pieces; each is found by its index, empty ones are not found at all. */
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
        int node = 0;
        for (int at = from; at < to; at++) {
            node = child(node, text[at]);
            if (node == 0) {
                break;
            }
            found = piece[node] == NONE ? found : piece[node];
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
        firstChild[parent] = nodes;
        return nodes++;
    }
}
