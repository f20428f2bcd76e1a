package io.nanogpt.integrations.examples;

import java.util.List;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/**
 * A Spring Boot application that trains a model on its own records at its first start, keeps it, and writes a caption for each
 * beginning that it is given. {@code spring.ai.nanogpt.corpus} names the records, and {@code spring.ai.nanogpt.model} the
 * folder that keeps the model.
 */
@SpringBootApplication
public class CaptionApplication {
    /** Creates the application. */
    public CaptionApplication() {}

    /**
     * Starts the application.
     *
     * @param arguments properties as {@code --name=value}, and beginnings of captions
     */
    public static void main(String[] arguments) {
        SpringApplication.run(CaptionApplication.class, arguments).close();
    }

    /** Writes the captions to standard output. */
    @Bean
    ApplicationRunner captions(ChatModel model, ApplicationArguments arguments) {
        List<String> beginnings = arguments.getNonOptionArgs();
        return started -> {
            for (String beginning : beginnings.isEmpty() ? List.of("H&E stain") : beginnings) {
                System.out.println(beginning + model.call(beginning));
            }
        };
    }
}
