/** A program that needs the interface of nanogpt alone; the implementation is found as a service. */
module com.example.captions {
    requires io.nanogpt.api;

    exports com.example.captions;
}
