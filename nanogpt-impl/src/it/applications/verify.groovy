import java.util.concurrent.TimeUnit

def bin = new File(System.getProperty('java.home'), 'bin')
def target = { path -> new File(basedir, path).absolutePath }
def program = target('program/target/program-1.jar')
def lib = target('program/target/lib')

// A runtime image of the modules that the page on packaging names. The libraries stay beside it: jlink takes no automatic
// module, and commons-math3 is one.
def modules = new File(basedir, '../../../../docs/packaging.md').text.find(/jlink --add-modules (\S+)/) { it[1] }
def image = new File(basedir, 'target/image')
def jlink = ["$bin/jlink", '--add-modules', modules, '--output', image.absolutePath]
def linking = new ProcessBuilder(jlink*.toString()).redirectErrorStream(true).start()
def linkerOutput = linking.inputStream.text
assert linking.waitFor() == 0 : "jlink: $linkerOutput"

def onModulePath = ['-p', program + File.pathSeparator + lib, '-m', 'com.example.captions/com.example.captions.Captions']
def applications = [
    'class-path'            : ["$bin/java", '-cp', program + File.pathSeparator + lib + '/*', 'com.example.captions.Captions'],
    'module-path'           : ["$bin/java"] + onModulePath,
    'image'                 : ["$image/bin/java"] + onModulePath,
    'whole'                 : ["$bin/java", '-jar', target('shaded/target/whole.jar')],
    'minimized'             : ["$bin/java", '-jar', target('shaded/target/minimized.jar')],
    'minimized-with-kernels': ["$bin/java", '-jar', target('shaded/target/minimized-with-kernels.jar')],
    'spring-boot'           : ["$bin/java", '-jar', target('spring-boot/target/spring-boot-1.jar')],
]

/** Starts an application, with the vector module or without, in a folder of its own. */
def start = { name, command, vector ->
    def run = [name: name + (vector ? '-with-vector' : '-without-vector'), vector: vector, application: name]
    run.folder = new File(basedir, "target/runs/$run.name")
    run.folder.mkdirs()
    run.output = new File(run.folder, 'output.txt')
    def flags = ['-Xmx1g'] + (vector ? ['--add-modules', 'jdk.incubator.vector'] : [])
    run.process = new ProcessBuilder(([command[0]] + flags + command.drop(1) + [new File(run.folder, 'model')])*.toString())
            .redirectErrorStream(true).redirectOutput(run.output).start()
    run
}

def check = { run ->
    if (!run.process.waitFor(120, TimeUnit.SECONDS)) {
        run.process.destroyForcibly()
        throw new AssertionError("$run.name did not end: " + run.output.text)
    }
    def text = run.output.text
    assert run.process.exitValue() == 0 : "$run.name: $text"
    assert text.contains('Caption: ') : "$run.name: $text"
    def config = new File(run.folder, 'model/config.json').text
    assert config.contains("\"$version\"") : "$run.name: config.json is not of version $version: $config"
    def removed = run.application == 'minimized'
    def kernels = text.readLines().find { it.startsWith('Kernels: ') }
    assert kernels != null && kernels.contains('scalar') == (removed || !run.vector) : "$run.name: $text"
    assert text.contains('cannot be loaded') == (removed && run.vector) : "$run.name: $text"
    assert text.contains('start java with --add-modules jdk.incubator.vector') == !run.vector : "$run.name: $text"
    def module = run.application in ['module-path', 'image'] ? 'io.nanogpt.api' : 'null'
    assert text.contains("Module: $module") : "$run.name: $text"
    if (run.application == 'spring-boot') {
        assert text.contains('Layers: 1') : "$run.name: $text"
    }
}

version = new File(basedir, 'pom.xml').text.find(/(?s)nanogpt-bom<\/artifactId>\s*<version>([^<]+)/) { it[1] }
applications.each { name, command ->
    [true, false].collect { start(name, command, it) }.each(check)
}
true
