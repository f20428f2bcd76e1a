package com.example.shaded;

import com.example.captions.Captions;

/** Runs the program. Minimizing keeps the classes of this project and those that they refer to. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        Captions.main(arguments);
    }
}
