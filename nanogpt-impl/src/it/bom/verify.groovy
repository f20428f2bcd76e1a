def versions = { module ->
    new File(basedir, "$module/target/versions.txt").readLines()*.trim()
            .collect { it.replaceAll(/ --.*/, '') }
            .findAll { it ==~ /[^:\s]+(:[^:\s]+){3,}/ }
}
def without = versions('without')
def with = versions('with')
for (name in ['jackson-core', 'jackson-databind', 'junit-jupiter-api', 'assertj-core']) {
    assert without.any { it.contains(":$name:") } : "the comparison lacks $name: $without"
}
assert with.any { it.startsWith('io.nanogpt:nanogpt-impl:') } : with
def changed = without.findAll { !with.contains(it) }
assert changed.isEmpty() : "nanogpt-bom changes versions: $changed became part of $with"
