package com.example.boot;

import com.example.captions.Captions;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Runs the program, then reads a file of the saved model with Jackson. */
@SpringBootApplication
public class Application {
    public static void main(String[] arguments) {
        SpringApplication.run(Application.class, arguments);
    }

    @Bean
    CommandLineRunner captions() {
        return arguments -> {
            Captions.main(arguments);
            Path config = Path.of(arguments[0], "config.json");
            System.out.println(
                    "Layers: " + new ObjectMapper().readTree(config.toFile()).get("layers"));
        };
    }
}
