package io.nanogpt.springai;

import io.nanogpt.LanguageModel;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Whether the model computes: it reads one token. */
final class NanogptHealthIndicator extends AbstractHealthIndicator {
    private final LanguageModel model;

    NanogptHealthIndicator(LanguageModel model) {
        super("the model does not compute");
        this.model = model;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        model.logits(0);
        builder.up().withDetail("backend", model.compute().backend());
    }
}
