package io.nanogpt.spark;

import io.nanogpt.generate.GenerationOptions;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * A stage of Spark ML that adds a column of generated texts, as {@link SparkGenerator} does. Its parameters are saved with a
 * pipeline; the model stays where it is.
 */
public final class NanogptGenerator extends Transformer implements DefaultParamsWritable {
    private static final long serialVersionUID = 1L;

    private final String uid;
    private final Param<String> model;
    private final Param<String> idCol;
    private final Param<String> inputCol;
    private final Param<String> outputCol;
    private final DoubleParam temperature;
    private final IntParam topK;
    private final IntParam maxTokens;
    private final LongParam seed;

    /** Creates a stage with the defaults of {@link GenerationOptions#defaults}. */
    public NanogptGenerator() {
        this(Identifiable.randomUID("nanogpt-generator"));
    }

    /** Creates a stage with a name. */
    public NanogptGenerator(String uid) {
        this.uid = uid;
        GenerationOptions defaults = GenerationOptions.defaults();
        model = new Param<>(this, "model", "absolute URI of the folder of the model");
        idCol = new Param<>(this, "idCol", "column of the ids, by which rows have different seeds");
        inputCol = new Param<>(this, "inputCol", "column of the prompts");
        outputCol = new Param<>(this, "outputCol", "name of the column of the texts");
        temperature = new DoubleParam(this, "temperature", "divides the logits; 0 takes the most likely token");
        topK = new IntParam(this, "topK", "number of most likely tokens to draw from; all if it is not set");
        maxTokens = new IntParam(this, "maxTokens", "maximum number of tokens of a text");
        seed = new LongParam(this, "seed", "to which the id of a row is added");
        setDefault(idCol, "id");
        setDefault(inputCol, "prompt");
        setDefault(outputCol, "text");
        setDefault(temperature, defaults.temperature());
        setDefault(maxTokens, defaults.maxTokens());
        setDefault(seed, defaults.seed());
    }

    @Override
    public String uid() {
        return uid;
    }

    /** Returns the parameter of the folder of the model. */
    public Param<String> model() {
        return model;
    }

    /** Returns the parameter of the column of ids. */
    public Param<String> idCol() {
        return idCol;
    }

    /** Returns the parameter of the column of prompts. */
    public Param<String> inputCol() {
        return inputCol;
    }

    /** Returns the parameter of the column of texts. */
    public Param<String> outputCol() {
        return outputCol;
    }

    /** Returns the parameter of the temperature. */
    public DoubleParam temperature() {
        return temperature;
    }

    /** Returns the parameter of the number of most likely tokens. */
    public IntParam topK() {
        return topK;
    }

    /** Returns the parameter of the maximum number of tokens. */
    public IntParam maxTokens() {
        return maxTokens;
    }

    /** Returns the parameter of the seed. */
    public LongParam seed() {
        return seed;
    }

    /** Sets the absolute URI of the folder of the model; needed. */
    public NanogptGenerator setModel(String uri) {
        set(model, RemoteFiles.requireAbsolute("the folder of the model", uri));
        return this;
    }

    /** Sets the column of ids, whole numbers or texts; {@code id} by default. */
    public NanogptGenerator setIdCol(String name) {
        set(idCol, name);
        return this;
    }

    /** Sets the column of prompts; {@code prompt} by default. */
    public NanogptGenerator setInputCol(String name) {
        set(inputCol, name);
        return this;
    }

    /** Sets the name of the column of texts; {@code text} by default. */
    public NanogptGenerator setOutputCol(String name) {
        set(outputCol, name);
        return this;
    }

    /** Sets the temperature; 1 by default. */
    public NanogptGenerator setTemperature(double value) {
        set(temperature, GenerationOptions.temperature(value).temperature());
        return this;
    }

    /** Sets the number of most likely tokens to draw from; all by default. */
    public NanogptGenerator setTopK(int value) {
        set(topK, GenerationOptions.defaults().withTopK(value).topK());
        return this;
    }

    /** Sets the maximum number of tokens of a text; 200 by default. */
    public NanogptGenerator setMaxTokens(int value) {
        set(maxTokens, GenerationOptions.defaults().withMaxTokens(value).maxTokens());
        return this;
    }

    /** Sets the seed, to which the id of a row is added; 1337 by default. */
    public NanogptGenerator setSeed(long value) {
        set(seed, value);
        return this;
    }

    private String text(Param<String> parameter) {
        return getOrDefault(parameter);
    }

    private GenerationOptions options() {
        GenerationOptions options = GenerationOptions.temperature((Double) getOrDefault(temperature))
                .withMaxTokens((Integer) getOrDefault(maxTokens))
                .withSeed((Long) getOrDefault(seed));
        return isSet(topK) ? options.withTopK((Integer) getOrDefault(topK)) : options;
    }

    @Override
    public Dataset<Row> transform(Dataset<?> rows) {
        if (!isSet(model)) {
            throw new IllegalStateException("the stage has no model; give it setModel(uri)");
        }
        NanogptGenerator stage = this;
        return SparkNanogpt.on(rows.sparkSession())
                .generator(text(model), stage::options)
                .transform(rows.toDF(), text(idCol), text(inputCol), text(outputCol));
    }

    @Override
    public StructType transformSchema(StructType schema) {
        return SparkGenerator.schema(schema, text(idCol), text(inputCol), text(outputCol));
    }

    @Override
    public NanogptGenerator copy(ParamMap extra) {
        return defaultCopy(extra);
    }

    /** Reads saved stages. */
    public static MLReader<NanogptGenerator> read() {
        return new DefaultParamsReader<>();
    }

    /** Reads a saved stage. */
    public static NanogptGenerator load(String path) {
        return read().load(path);
    }
}
