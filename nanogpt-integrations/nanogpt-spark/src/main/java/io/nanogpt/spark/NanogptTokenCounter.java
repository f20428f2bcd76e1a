package io.nanogpt.spark;

import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A stage of Spark ML that adds a column with the number of tokens of a text. */
public final class NanogptTokenCounter extends Transformer implements DefaultParamsWritable {
    private static final long serialVersionUID = 1L;

    private final String uid;
    private final Param<String> tokenizer;
    private final Param<String> inputCol;
    private final Param<String> outputCol;

    /** Creates a stage. */
    public NanogptTokenCounter() {
        this(Identifiable.randomUID("nanogpt-token-counter"));
    }

    /** Creates a stage with a name. */
    public NanogptTokenCounter(String uid) {
        this.uid = uid;
        tokenizer = new Param<>(this, "tokenizer", "absolute URI of a tokenizer.json");
        inputCol = new Param<>(this, "inputCol", "column of the texts");
        outputCol = new Param<>(this, "outputCol", "name of the column of the numbers of tokens");
        setDefault(inputCol, "text");
        setDefault(outputCol, "tokens");
    }

    @Override
    public String uid() {
        return uid;
    }

    /** Returns the parameter of the tokenizer. */
    public Param<String> tokenizer() {
        return tokenizer;
    }

    /** Returns the parameter of the column of texts. */
    public Param<String> inputCol() {
        return inputCol;
    }

    /** Returns the parameter of the column of numbers of tokens. */
    public Param<String> outputCol() {
        return outputCol;
    }

    /** Sets the absolute URI of a {@code tokenizer.json}; needed. */
    public NanogptTokenCounter setTokenizer(String uri) {
        set(tokenizer, RemoteFiles.requireAbsolute("the tokenizer", uri));
        return this;
    }

    /** Sets the column of texts; {@code text} by default. */
    public NanogptTokenCounter setInputCol(String name) {
        set(inputCol, name);
        return this;
    }

    /** Sets the name of the column of numbers, null where the text is; {@code tokens} by default. */
    public NanogptTokenCounter setOutputCol(String name) {
        set(outputCol, name);
        return this;
    }

    @Override
    public Dataset<Row> transform(Dataset<?> rows) {
        if (!isSet(tokenizer)) {
            throw new IllegalStateException("the stage has no tokenizer; give it setTokenizer(uri)");
        }
        StructType schema = transformSchema(rows.schema());
        RemoteFiles files = new RemoteFiles(rows.sparkSession().sparkContext().hadoopConfiguration());
        String json = json(files, getOrDefault(tokenizer));
        int column = rows.schema().fieldIndex(getOrDefault(inputCol));
        return rows.toDF()
                .mapPartitions(
                        (MapPartitionsFunction<Row, Row>) partition -> counted(partition, json, column),
                        Encoders.row(schema));
    }

    private static String json(RemoteFiles files, String uri) {
        try (InputStream in = files.open(uri)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the tokenizer " + uri + ": " + e.getMessage(), e);
        }
    }

    private static Iterator<Row> counted(Iterator<Row> rows, String json, int column) throws IOException {
        Path scratch = RemoteFiles.scratch();
        Tokenizer tokenizer;
        try {
            tokenizer = Tokenizers.load(Files.writeString(scratch.resolve("tokenizer.json"), json));
        } finally {
            RemoteFiles.deleteLocal(scratch);
        }
        Iterable<Row> all = () -> rows;
        return StreamSupport.stream(all.spliterator(), false)
                .map(row -> counted(row, tokenizer, column))
                .iterator();
    }

    private static Row counted(Row row, Tokenizer tokenizer, int column) {
        Object[] values = new Object[row.length() + 1];
        Arrays.setAll(values, i -> i < row.length() ? row.get(i) : null);
        if (!row.isNullAt(column)) {
            values[row.length()] = tokenizer.count(row.getString(column));
        }
        return RowFactory.create(values);
    }

    @Override
    public StructType transformSchema(StructType schema) {
        String output = getOrDefault(outputCol);
        SparkGenerator.requireColumn(schema, getOrDefault(inputCol), "texts", DataTypes.StringType);
        if (Arrays.asList(schema.fieldNames()).contains(output)) {
            throw new IllegalArgumentException(
                    "the rows have a column \"" + output + "\" already; name another output");
        }
        return schema.add(output, DataTypes.IntegerType, true);
    }

    @Override
    public NanogptTokenCounter copy(ParamMap extra) {
        return defaultCopy(extra);
    }

    /** Reads saved stages. */
    public static MLReader<NanogptTokenCounter> read() {
        return new DefaultParamsReader<>();
    }

    /** Reads a saved stage. */
    public static NanogptTokenCounter load(String path) {
        return read().load(path);
    }
}
