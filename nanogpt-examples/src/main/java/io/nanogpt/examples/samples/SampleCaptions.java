package io.nanogpt.examples.samples;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/**
 * A built-in corpus: captions in the manner of pathology figures, composed by a small grammar.
 * They describe no case and no image; they have words, structure and repetition for a model to learn.
 */
public final class SampleCaptions {
    /** The number of captions of {@link #captions()}. */
    public static final int DEFAULT_COUNT = 2_500;

    /** Far below the number of captions of the grammar, so that distinct ones are found fast. */
    public static final int MAXIMUM_COUNT = 200_000;

    private static final int SHORTEST = 80;
    private static final int LONGEST = 300;

    private static final List<String> STAINS = List.of(
            "Haematoxylin and eosin",
            "H&E",
            "Periodic acid-Schiff",
            "Masson trichrome",
            "Gomori silver",
            "Congo red",
            "Giemsa",
            "Alcian blue",
            "Ki-67",
            "CD20",
            "CD3",
            "Pan-cytokeratin",
            "S100",
            "Vimentin",
            "p53");

    private static final List<String> MAGNIFICATIONS =
            List.of("20x", "40x", "100x", "200x", "400x", "630x", "low power", "medium power", "high power");

    private static final List<Organ> ORGANS = List.of(
            new Organ("colon", List.of("crypts", "glands", "lamina propria", "submucosa")),
            new Organ("stomach", List.of("foveolae", "gastric pits", "antral glands", "muscularis mucosae")),
            new Organ("kidney", List.of("glomeruli", "tubules", "arterioles", "interstitium")),
            new Organ("liver", List.of("portal tracts", "lobules", "sinusoids", "central veins")),
            new Organ("lung", List.of("alveolar septa", "bronchioles", "pleura", "alveolar spaces")),
            new Organ("breast", List.of("ducts", "lobules", "terminal units", "stroma")),
            new Organ("thyroid", List.of("follicles", "colloid", "capsule", "stroma")),
            new Organ("prostate", List.of("acini", "glands", "basal layer", "fibromuscular stroma")),
            new Organ("skin", List.of("epidermis", "papillary dermis", "rete ridges", "hair follicles")),
            new Organ("lymph node", List.of("germinal centres", "sinuses", "paracortex", "mantle zones")),
            new Organ("spleen", List.of("white pulp", "red pulp", "cords", "trabeculae")),
            new Organ("uterus", List.of("endometrial glands", "myometrium", "spiral arteries", "stroma")),
            new Organ("brain", List.of("cortex", "white matter", "vessels", "meninges")),
            new Organ("bladder", List.of("urothelium", "lamina propria", "detrusor bundles", "umbrella cells")));

    private static final List<String> FINDINGS = List.of(
            "chronic inflammation",
            "granulomatous inflammation",
            "adenocarcinoma",
            "a benign adenoma",
            "high-grade dysplasia",
            "coagulative necrosis",
            "interstitial fibrosis",
            "diffuse large cell lymphoma",
            "squamous metaplasia",
            "an acute ulcer",
            "amyloid deposits",
            "focal haemorrhage",
            "papillary carcinoma",
            "reactive hyperplasia",
            "a spindle cell tumour",
            "early infarction");

    private static final List<String> ARCHITECTURES = List.of(
            "irregular nests",
            "fused cribriform spaces",
            "solid sheets",
            "slender papillae",
            "whorled fascicles",
            "anastomosing cords",
            "back-to-back tubules",
            "small clusters",
            "broad trabeculae",
            "storiform bundles");

    private static final List<String> CELLS = List.of(
            "epithelial cells",
            "plasma cells",
            "lymphocytes",
            "histiocytes",
            "fibroblasts",
            "neutrophils",
            "giant cells",
            "eosinophils",
            "atypical cells",
            "tumour cells");

    private static final List<String> DETAILS = List.of(
            "round nuclei and pale cytoplasm",
            "prominent nucleoli",
            "coarse chromatin",
            "scant basophilic cytoplasm",
            "vacuolated cytoplasm",
            "hyperchromatic, crowded nuclei",
            "frequent mitotic figures",
            "indistinct cell borders",
            "eccentric nuclei",
            "intracellular mucin",
            "granular eosinophilic cytoplasm",
            "nuclear grooves");

    private static final List<String> CHANGES =
            List.of("are distorted", "are largely preserved", "are effaced", "appear swollen", "show atrophy");

    private static final List<String> DEGREES = List.of("mild", "moderate", "marked", "patchy", "focal", "diffuse");

    private static final List<String> BACKGROUNDS = List.of(
            "oedematous stroma",
            "dense collagen",
            "a myxoid matrix",
            "thin-walled vessels",
            "extravasated red cells",
            "scattered calcifications",
            "mature adipose tissue",
            "necrotic debris");

    private SampleCaptions() {}

    /** The sample corpus: {@value #DEFAULT_COUNT} captions, always the same. */
    public static List<String> captions() {
        return captions(DEFAULT_COUNT, 1);
    }

    /**
     * Distinct captions of 80 to 300 characters, the same for the same arguments.
     *
     * @param count from 1 to {@value #MAXIMUM_COUNT}
     * @param seed selects the captions
     */
    public static List<String> captions(int count, long seed) {
        if (count < 1 || count > MAXIMUM_COUNT) {
            throw new IllegalArgumentException(
                    "the number of captions must be from 1 to " + MAXIMUM_COUNT + ", but is " + count);
        }
        Random random = new Random(seed);
        Set<String> captions = new LinkedHashSet<>();
        while (captions.size() < count) {
            String caption = caption(random);
            if (caption.length() >= SHORTEST && caption.length() <= LONGEST) {
                captions.add(caption);
            }
        }
        return new ArrayList<>(captions);
    }

    private static String caption(Random random) {
        Organ organ = pick(random, ORGANS);
        StringBuilder caption = new StringBuilder(opening(random, organ));
        caption.append(' ').append(architecture(random, organ));
        if (random.nextInt(3) > 0) {
            caption.append(' ').append(cellDetail(random));
        }
        if (random.nextInt(3) == 0) {
            caption.append(' ').append(closing(random));
        }
        return caption.toString();
    }

    private static String opening(Random random, Organ organ) {
        String stain = pick(random, STAINS);
        String magnification = pick(random, MAGNIFICATIONS);
        String finding = pick(random, FINDINGS);
        return switch (random.nextInt(4)) {
            case 0 ->
                stain + " stained section of the " + organ.name() + " with " + finding + " (" + magnification + ").";
            case 1 ->
                "Biopsy of the " + organ.name() + " showing " + finding + ", " + stain + ", " + magnification + ".";
            case 2 ->
                capitalised(finding) + " in the " + organ.name() + " at " + magnification + ", " + stain + " stain.";
            default ->
                "Photomicrograph of the " + organ.name() + ": " + finding + " (" + stain + ", " + magnification + ").";
        };
    }

    private static String architecture(Random random, Organ organ) {
        String part = pick(random, organ.parts());
        String cells = pick(random, CELLS);
        return switch (random.nextInt(3)) {
            case 0 -> capitalised(cells) + " form " + pick(random, ARCHITECTURES) + " within the " + part + ".";
            case 1 ->
                "Areas of the " + part + " " + pick(random, CHANGES) + ", with " + pick(random, DEGREES)
                        + " infiltration by " + cells + ".";
            default -> "In the " + part + " there are " + pick(random, ARCHITECTURES) + " of " + cells + ".";
        };
    }

    private static String cellDetail(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> "The cells have " + pick(random, DETAILS) + ".";
            case 1 -> "Note the " + pick(random, CELLS) + " with " + pick(random, DETAILS) + " (arrow).";
            default -> "There is " + pick(random, DEGREES) + " atypia; many cells show " + pick(random, DETAILS) + ".";
        };
    }

    private static String closing(Random random) {
        return random.nextBoolean()
                ? "The background consists of " + pick(random, BACKGROUNDS) + "."
                : "Scale bar: " + 10 * (1 + random.nextInt(20)) + " micrometres.";
    }

    private static <T> T pick(Random random, List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private static String capitalised(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    /** An organ and the parts of it that a section shows. */
    private record Organ(String name, List<String> parts) {}
}
