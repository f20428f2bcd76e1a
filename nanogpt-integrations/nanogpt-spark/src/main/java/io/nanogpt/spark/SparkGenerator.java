package io.nanogpt.spark;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.generate.GenerationOptions;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Generation of a text for each row. The text of a row depends on its prompt and its id alone: neither on partitions nor on the rows
 * beside it. An executor opens the model once, and generates the texts of a few rows at once.
 */
public final class SparkGenerator implements Serializable {
    private static final long serialVersionUID = 1L;
    /** Rows of a partition whose texts are generated at once. */
    private static final int ROWS = 16;

    private final RemoteFiles files;
    private final String model;
    private final SparkSupplier<GenerationOptions> options;

    SparkGenerator(RemoteFiles files, String model, SparkSupplier<GenerationOptions> options) {
        this.files = files;
        this.model = model;
        this.options = options;
    }

    /**
     * Returns the rows with a text each. It is that of {@code model.generate(prompt, options.withSeed(seed(options.seed(), id)))}.
     *
     * @param rows the prompts
     * @param id column of whole numbers or texts, by which rows have different seeds
     * @param prompt column of texts; a row without one gets no text
     * @param output name of the new column
     * @throws IllegalArgumentException if a column is missing or of another type
     * @throws NanogptException if the folder of the model has none
     */
    public Dataset<Row> transform(Dataset<Row> rows, String id, String prompt, String output) {
        StructType schema = schema(rows.schema(), id, prompt, output);
        if (!files.exists(model + "/config.json")) {
            throw new NanogptException(
                    "there is no model in " + model + "; give the URI of a folder that LanguageModel.save wrote");
        }
        int idColumn = rows.schema().fieldIndex(id);
        int promptColumn = rows.schema().fieldIndex(prompt);
        return rows.mapPartitions(
                (MapPartitionsFunction<Row, Row>) partition -> texts(partition, idColumn, promptColumn),
                Encoders.row(schema));
    }

    static StructType schema(StructType rows, String id, String prompt, String output) {
        requireColumn(
                rows, id, "ids", DataTypes.LongType, DataTypes.IntegerType, DataTypes.ShortType, DataTypes.StringType);
        requireColumn(rows, prompt, "prompts", DataTypes.StringType);
        if (Arrays.asList(rows.fieldNames()).contains(output)) {
            throw new IllegalArgumentException(
                    "the rows have a column \"" + output + "\" already; name another output");
        }
        return rows.add(output, DataTypes.StringType, true);
    }

    static void requireColumn(StructType rows, String name, String what, DataType... types) {
        if (!Arrays.asList(rows.fieldNames()).contains(name)) {
            throw new IllegalArgumentException("there is no column \"" + name + "\" of " + what + "; there are "
                    + Arrays.toString(rows.fieldNames()));
        }
        DataType type = rows.apply(name).dataType();
        if (!Arrays.asList(types).contains(type)) {
            throw new IllegalArgumentException("the column \"" + name + "\" of " + what + " is of the type "
                    + type.simpleString() + ", but must be one of "
                    + Arrays.stream(types).map(DataType::simpleString).toList());
        }
    }

    /**
     * Returns the seed of a row: the sum, modulo 2^64, of the options' seed and the id, or, if that is a text, of the first eight
     * bytes of its SHA-256.
     */
    public static long seed(long seed, Object id) {
        return seed + (id instanceof Number number ? number.longValue() : hash(String.valueOf(id)));
    }

    private static long hash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(hash).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // Every JDK has it.
        }
    }

    private Iterator<Row> texts(Iterator<Row> rows, int id, int prompt) {
        if (!rows.hasNext()) {
            return rows;
        }
        Cluster.requireVectorModule();
        ExecutorModels.Use use = ExecutorModels.use(files, model);
        TaskContext.get().addTaskCompletionListener((org.apache.spark.util.TaskCompletionListener) task -> use.close());
        GenerationOptions common = options.get();
        return new Texts(rows, row -> {
            if (row.isNullAt(prompt)) {
                return CompletableFuture.completedFuture(null);
            }
            GenerationOptions own = common.withSeed(seed(common.seed(), row.get(id)));
            return start(use.model(), row.getString(prompt), own);
        });
    }

    private static CompletableFuture<String> start(LanguageModel model, String prompt, GenerationOptions options) {
        return model.generateAsync(prompt, options, token -> {});
    }

    /** Starts the text of a row. */
    private interface Start {
        CompletableFuture<String> text(Row row);
    }

    /** Rows with their texts, some rows ahead. */
    private static final class Texts implements Iterator<Row> {
        private final Iterator<Row> rows;
        private final Start start;
        private final List<Row> ahead = new ArrayList<>();
        private final List<CompletableFuture<String>> texts = new ArrayList<>();

        Texts(Iterator<Row> rows, Start start) {
            this.rows = rows;
            this.start = start;
        }

        @Override
        public boolean hasNext() {
            return !ahead.isEmpty() || rows.hasNext();
        }

        @Override
        public Row next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            while (ahead.size() < ROWS && rows.hasNext()) {
                Row row = rows.next();
                ahead.add(row);
                texts.add(start.text(row));
            }
            Row row = ahead.remove(0);
            Object[] values = new Object[row.length() + 1];
            for (int i = 0; i < row.length(); i++) {
                values[i] = row.get(i);
            }
            values[row.length()] = join(texts.remove(0));
            return RowFactory.create(values);
        }

        private static String join(CompletableFuture<String> text) {
            try {
                return text.join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : e;
            }
        }
    }
}
