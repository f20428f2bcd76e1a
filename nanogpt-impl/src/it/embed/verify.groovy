for (name in ['with-vector.txt', 'without-vector.txt']) {
    def output = new File(basedir, 'target/' + name)
    assert output.isFile() : "$name: the program did not run, see build.log"
    assert output.text.contains('caption: ') : "$name has no caption: " + output.text
    assert output.text.contains('add the dependency com.microsoft.onnxruntime:onnxruntime') : "$name: " + output.text
    assert output.text.contains('ai.djl.pytorch:pytorch-engine:0.35.1') : "$name: " + output.text
    assert output.text.contains('ai.djl.pytorch:pytorch-jni:2.7.1-0.35.1') : "$name: " + output.text
    assert !output.text.contains('unexpected class: ') : "$name: " + output.text
}
