package io.nanogpt.spark;

import org.apache.spark.sql.SparkSession;

/** Sessions for tests. */
final class TestCluster {
    private TestCluster() {}

    /** The class path of the tests is that of the executors too. */
    static SparkSession start(String master) {
        return SparkSession.builder()
                .appName("nanogpt")
                .master(master)
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.ui.enabled", "false")
                .config("spark.executor.memory", "512m")
                .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                .config("spark.executor.extraJavaOptions", "--add-modules jdk.incubator.vector")
                .config("spark.network.timeout", "20s")
                .config("spark.network.timeoutInterval", "10s")
                .config("spark.executor.heartbeatInterval", "5s")
                .config("spark.speculation", "true")
                .config("spark.scheduler.maxRegisteredResourcesWaitingTime", "5s")
                .getOrCreate();
    }
}
