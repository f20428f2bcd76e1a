package io.nanogpt.impl.chart;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.chart.Mark.Area;
import io.nanogpt.impl.chart.Mark.Cells;
import io.nanogpt.impl.chart.Mark.Dot;
import io.nanogpt.impl.chart.Mark.Line;
import io.nanogpt.impl.chart.Mark.Pen;
import io.nanogpt.impl.chart.Mark.Point;
import io.nanogpt.impl.chart.Mark.Text;
import java.awt.AWTError;
import java.awt.AlphaComposite;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.font.FontRenderContext;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Renders scenes as PNG in the light theme. Needs no display, but installed fonts. */
final class PngWriter {
    /** Pixels per unit of the scene. */
    static final int SCALE = 2;
    /** The most pixels in either direction; an image takes four bytes a pixel while it is rendered. */
    private static final int LARGEST = 20_000;

    private final Graphics2D graphics;

    private PngWriter(Graphics2D graphics) {
        this.graphics = graphics;
    }

    /** The content of a PNG file. */
    static byte[] png(Scene scene) {
        requireFonts();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // In memory: a stream by ImageIO's choice is a temporary file, which the JVM closes when it is told to end.
        try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(paint(scene), "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** What a JVM throws without a display or fonts depends on its version, and is often unclear. */
    private static void requireFonts() {
        try {
            new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics().dispose();
            new Font(Font.SANS_SERIF, Font.PLAIN, 1).getStringBounds("a", new FontRenderContext(null, true, true));
        } catch (AWTError e) {
            throw new NanogptException(
                    "PNG images need no display, but this JVM looks for one (" + e
                            + "); start it with -Djava.awt.headless=true",
                    e);
        } catch (RuntimeException | InternalError | LinkageError e) {
            throw new NanogptException(
                    "PNG images need fonts, but this JVM finds none (" + e + "); install some (on Debian "
                            + "fontconfig and fonts-dejavu-core), or write SVG, which needs none",
                    e);
        }
    }

    private static BufferedImage paint(Scene scene) {
        int width = pixels(scene.width());
        int height = pixels(scene.height());
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setColor(color(Ink.PAPER));
            graphics.fillRect(0, 0, width, height);
            graphics.scale(SCALE, SCALE);
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            scene.marks().forEach(new PngWriter(graphics)::mark);
        } finally {
            graphics.dispose();
        }
        return image;
    }

    private static int pixels(double units) {
        double pixels = Math.ceil(units * SCALE);
        if (pixels > LARGEST) {
            throw new IllegalArgumentException(
                    "the image would be " + (long) pixels + " pixels wide or high, but may be " + LARGEST
                            + "; draw fewer tokens, heads or layers, or write SVG");
        }
        return (int) pixels;
    }

    private void mark(Mark mark) {
        if (mark instanceof Line line) {
            line(line);
        } else if (mark instanceof Area area) {
            fill(polygon(area.points()), area.ink(), area.opacity());
        } else if (mark instanceof Dot dot) {
            fill(outline(dot), dot.ink(), 1);
        } else if (mark instanceof Text text) {
            text(text);
        } else if (mark instanceof Cells cells) {
            cells(cells);
        }
    }

    private void line(Line line) {
        Pen pen = line.pen();
        float width = (float) pen.width();
        float[] dashes = pen.dashed() ? new float[] {3 * width} : null;
        graphics.setStroke(new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dashes, 0));
        graphics.setColor(color(pen.ink()));
        graphics.draw(path(line.points()));
    }

    private void text(Text text) {
        Lettering lettering = text.lettering();
        graphics.setColor(color(lettering.ink()));
        graphics.setFont(font(lettering));
        double width =
                graphics.getFontMetrics().getStringBounds(text.text(), graphics).getWidth();
        AffineTransform before = graphics.getTransform();
        graphics.translate(text.at().x(), text.at().y());
        if (lettering.upright()) {
            graphics.rotate(-Math.PI / 2);
        }
        graphics.drawString(text.text(), (float) (-lettering.anchor().before() * width), 0);
        graphics.setTransform(before);
    }

    /** A logical font, which falls back to other installed fonts for glyphs that the first one lacks. */
    private static Font font(Lettering lettering) {
        String family = lettering.face() == Lettering.Face.MONOSPACED ? Font.MONOSPACED : Font.SANS_SERIF;
        int style = lettering.face() == Lettering.Face.BOLD ? Font.BOLD : Font.PLAIN;
        return new Font(family, style, 1).deriveFont((float) lettering.size());
    }

    /** Draws without antialiasing, which would leave seams between cells. */
    private void cells(Cells cells) {
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_OFF);
        double cell = cells.cell();
        for (int row = 0; row < cells.rows().size(); row++) {
            for (int column = 0; column < cells.rows().get(row).length; column++) {
                int level = cells.level(row, column);
                if (level > 0) {
                    double x = cells.corner().x() + column * cell;
                    double y = cells.corner().y() + row * cell;
                    fill(new Rectangle2D.Double(x, y, cell, cell), cells.ink(), (double) level / Cells.LEVELS);
                }
            }
        }
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    }

    private void fill(Shape shape, Ink ink, double opacity) {
        graphics.setColor(color(ink));
        graphics.setComposite(AlphaComposite.getInstance(AlphaComposite.SRC_OVER, (float) opacity));
        graphics.fill(shape);
        graphics.setComposite(AlphaComposite.SrcOver);
    }

    private static Shape outline(Dot dot) {
        if (dot.shape() == Mark.Shape.CIRCLE) {
            double r = dot.radius();
            return new Ellipse2D.Double(dot.center().x() - r, dot.center().y() - r, 2 * r, 2 * r);
        }
        return polygon(Outlines.of(dot));
    }

    private static Path2D polygon(List<Point> points) {
        Path2D path = path(points);
        path.closePath();
        return path;
    }

    private static Path2D path(List<Point> points) {
        Path2D path = new Path2D.Double();
        for (Point point : points) {
            if (path.getCurrentPoint() == null) {
                path.moveTo(point.x(), point.y());
            } else {
                path.lineTo(point.x(), point.y());
            }
        }
        return path;
    }

    private static Color color(Ink ink) {
        return new Color(ink.rgb());
    }
}
