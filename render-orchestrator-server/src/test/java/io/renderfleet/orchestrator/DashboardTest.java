package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.auth.Role;
import io.renderfleet.core.content.ContentLayout;
import io.renderfleet.core.content.FolderContentStore;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.Target;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.testkit.ExternalTool;
import io.renderfleet.testkit.RabbitServer;
import io.renderfleet.testkit.RabbitServers;
import io.renderfleet.transport.queue.QueueTransport;
import io.renderfleet.transport.queue.worker.QueueWorker;
import io.renderfleet.transport.rabbitmq.RabbitBroker;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Cookie;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

@DisplayName("The page for people")
@ExtendWith(RabbitServers.class)
@Timeout(180)
class DashboardTest {
    private static final String TOKEN = "a-token-of-some-length";
    private static final String WAITING = ", \"requires\": {\"gpu\": \"none-has-this\"}}";
    private static final long PLENTY = 1L << 30;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path profile;

    @TempDir
    Path folder;

    private static ChromeDriver browser;
    private @Nullable TestFarm running;

    DashboardTest() {}

    @BeforeAll
    static void openBrowser() {
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(ExternalTool.CHROMIUM.require().toFile());
        options.setCapability("goog:loggingPrefs", logs);
        // Without its own sandbox, since it cannot have one as root, which builds may run as: it sees this test's pages
        // only.
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--window-size=1400,1050",
                "--user-data-dir=" + profile);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(ExternalTool.CHROMEDRIVER.require().toFile())
                .usingAnyFreePort()
                .build();
        browser = new ChromeDriver(service, options);
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.quit();
        }
    }

    @AfterEach
    void stop() {
        browser.get("about:blank");
        if (running != null) {
            running.close();
        }
    }

    private TestFarm open(int nodes, Consumer<OrchestratorServerBuilder> settings) throws IOException {
        TestFarm farm = new TestFarm(folder, nodes, settings);
        running = farm;
        browser.manage().logs().get(LogType.BROWSER);
        browser.manage().deleteAllCookies();
        browser.get(farm.uri("/").toString());
        return farm;
    }

    private static WebElement find(String css) {
        return browser.findElement(By.cssSelector(css));
    }

    private static List<WebElement> all(String css) {
        return browser.findElements(By.cssSelector(css));
    }

    private static void awaitText(String css, String text) {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(find(css).getText()).contains(text));
    }

    private static void press(String label) {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            find("button[aria-label='" + label + "']").click();
            return true;
        });
    }

    private static void type(String css, String text) {
        WebElement field = find(css);
        field.clear();
        field.sendKeys(text);
    }

    private static boolean isTrue(String script) {
        return Boolean.TRUE.equals(browser.executeScript("return " + script));
    }

    /** Among others, what the page's own policy has kept from running. */
    private static void nothingWentWrong() {
        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
                .filteredOn(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .extracting(LogEntry::getMessage)
                .isEmpty();
    }

    private static void keepPicture(String name) throws IOException {
        Files.write(Path.of("target", name), browser.getScreenshotAs(OutputType.BYTES));
    }

    @Test
    @DisplayName("shows pools with their workers and what waits there")
    void showsPools(RabbitServer rabbit) throws IOException {
        ContentStore content = FolderContentStore.shared(
                folder.resolve("blobs"), PLENTY, PLENTY, InstantSource.system(), ContentLayout.asIs("content"));
        QueueTransport queue = QueueTransport.create(broker(rabbit, "orchestrator"), content);
        Target.Pool pool = new Target.Pool(URI.create("rabbitmq:of-the-page"), 4);
        try (RenderNode node = RenderNode.builder()
                        .engine(new TestPatternEngine())
                        .nodeId(new NodeId("w-1"))
                        .outputRoot(folder.resolve("worker"))
                        .build();
                QueueWorker worker = QueueWorker.create(node, broker(rabbit, "w-1"), content, "of-the-page")) {
            worker.start();
            open(0, server -> server.transport(queue).pools(queue, List.of(pool)));
            awaitText("#pools h3", "of-the-page");
            awaitText("#pools .node .node h4", "w-1");
            awaitText("#pools", "0 of 1 busy · 0 of 4 batches out · 0 waiting");
            assertThat(find("#pools-part h2").getText()).isEqualTo("Pools of workers");
            keepPicture("dashboard-pools.png");
        }
        nothingWentWrong();
    }

    private static RabbitBroker broker(RabbitServer rabbit, String name) {
        return RabbitBroker.at(rabbit.address(), "guest", "guest", name);
    }

    @Test
    @DisplayName("takes a job in, shows it live to its end with the pictures of its frames, and asks nobody to sign in")
    void showsAJob() throws IOException {
        open(2, server -> {});
        awaitText("#link", "Live");
        assertThat(find("#sign-in-dialog").isDisplayed()).isFalse();
        awaitText("#sum-nodes", "2 of 2");

        find("#new-job").click();
        type("[name=name]", "Cat walk");
        type("[name=frames]", "1-6");
        type("[name=width]", "320");
        type("[name=height]", "180");
        find("#submit-form .primary").click();

        awaitText(".job h3", "Cat walk");
        awaitText(".job .chip", "Completed");
        awaitText(".job .facts", "6 of 6 frames · 100 %");
        await().atMost(PATIENCE)
                .until(
                        () -> isTrue(
                                "document.querySelectorAll('.thumb img').length === 6"
                                        + " && [...document.querySelectorAll('.thumb img')].every((image) => image.naturalWidth === 320)"));
        assertThat(find(".bar").getDomAttribute("aria-valuenow")).isEqualTo("100");
        press("Details of Cat walk");
        awaitText(".details caption", "Batches");
        keepPicture("dashboard.png");

        find(".thumb").click();
        await().atMost(PATIENCE).until(() -> isTrue("document.getElementById('picture').naturalWidth === 320"));
        nothingWentWrong();
    }

    @Test
    @DisplayName("pauses, resumes, cancels and retries, and hears of what others do")
    void changesAJob() throws IOException {
        TestFarm farm = open(0, server -> {});
        awaitText("#link", "Live");
        farm.submit("{\"from\": 1, \"to\": 9, \"name\": \"Dog\"" + WAITING);

        awaitText(".job .chip", "Waiting");
        press("Pause Dog");
        awaitText(".job .chip", "Paused");
        press("Resume Dog");
        awaitText(".job .chip", "Waiting");
        press("Cancel Dog");
        awaitText(".job .chip", "Cancelled");
        press("Retry Dog");
        awaitText(".job .chip", "Waiting");
        nothingWentWrong();
    }

    @Test
    @DisplayName("shows why an attempt ended, beside where it ran")
    void showsAttempts() throws IOException {
        TestFarm farm = open(1, server -> {});
        farm.submit("{\"frames\": \"1-2\", \"name\": \"Owl\", \"settings\": {\"format\": \"OPEN_EXR\"}}");

        awaitText(".job .chip", "Failed");
        press("Details of Owl");
        awaitText(".details tbody tr td:nth-child(7)", "UNSUPPORTED_FORMAT");
        assertThat(find(".details tbody tr td:nth-child(3)").getText()).isEqualTo("returned");
        nothingWentWrong();
    }

    @Test
    @DisplayName("shows what clients made up as text, never as markup")
    void isNotFooled() throws IOException {
        TestFarm farm = open(0, server -> {});
        String name = "<img src=x onerror=alert(1)>";
        farm.submit("{\"from\": 1, \"to\": 1, \"name\": \"" + name + "\"" + WAITING);

        awaitText(".job h3", name);

        assertThat(all(".job h3 img")).isEmpty();
        nothingWentWrong();
    }

    @Test
    @DisplayName("says in the form what the server has against a job")
    void showsProblems() throws IOException {
        open(0, server -> server.maxFrames(10));
        awaitText("#link", "Live");

        find("#new-job").click();
        type("[name=frames]", "1-11");
        find("#submit-form .primary").click();

        awaitText("#submit-form .fault", "11 frames are asked for: one job may have 10 here.");
        assertThat(find("#submit-dialog").isDisplayed()).isTrue();
    }

    @Test
    @DisplayName("exchanges a token for a session that scripts cannot read, and ends it")
    void signsIn() throws IOException {
        open(0, server -> server.token(TOKEN));
        awaitText("#sign-in-dialog h2", "Sign in");
        type("[name=token]", "not-the-token-at-all");
        find("#sign-in-form .primary").click();
        awaitText("#sign-in-form .fault", "valid token");

        type("[name=token]", TOKEN);
        find("#sign-in-form .primary").click();
        awaitText("#link", "Live");
        assertThat(browser.manage().getCookieNamed("renderfleet-session"))
                .isNotNull()
                .returns(true, Cookie::isHttpOnly)
                .returns("Strict", Cookie::getSameSite);
        assertThat(isTrue("document.cookie === ''")).isTrue();

        find("#new-job").click();
        type("[name=name]", "Signed");
        find("#submit-form .primary").click();
        awaitText(".job h3", "Signed");
        press("Pause Signed");
        awaitText(".job .chip", "Paused");

        find("#sign-out").click();
        awaitText("#link", "Signed out");
        assertThat(browser.manage().getCookieNamed("renderfleet-session")).isNull();
    }

    @Test
    @DisplayName("offers a viewer nothing but to look")
    void forViewers() throws IOException {
        TestFarm farm = open(1, server -> server.token(TOKEN, Role.VIEWER, "wall"));
        farm.server
                .farm()
                .submit(RenderRequest.of(Scene.nodeDefault(), "1-3").name("Dog").requires(Map.of("gpu", "none")));
        awaitText("#sign-in-dialog h2", "Sign in");
        type("[name=token]", TOKEN);
        find("#sign-in-form .primary").click();

        awaitText(".job .chip", "Waiting");
        awaitText(".node .chip", "up");
        assertThat(find("#new-job").isDisplayed()).isFalse();
        assertThat(all(".job-buttons button"))
                .filteredOn(WebElement::isDisplayed)
                .extracting(WebElement::getText)
                .containsExactly("Details");
        assertThat(find(".node button").isDisplayed()).isFalse();
    }

    @Test
    @DisplayName("drains a node and lets it work again")
    void drainsANode() throws IOException {
        TestFarm farm = open(1, server -> {});
        await().atMost(PATIENCE)
                .until(() ->
                        !TestFarm.json(farm.get("/nodes")).at("/nodes/0/id").isNull());
        String node = TestFarm.json(farm.get("/nodes")).at("/nodes/0/id").asText();

        press("Drain " + node);
        awaitText(".node .chip", "draining");
        press("Resume " + node);
        awaitText(".node .chip", "up");
        nothingWentWrong();
    }

    @Test
    @DisplayName("can be used without seeing it: everything has a name, one main heading, a language")
    void isAccessible() throws IOException {
        TestFarm farm = open(1, server -> {});
        farm.await(farm.submit("{\"from\": 1, \"to\": 2, \"settings\": {\"width\": 32, \"height\": 18}}"));
        awaitText(".job .chip", "Completed");

        assertThat(browser.executeScript("return document.documentElement.lang"))
                .isEqualTo("en");
        assertThat(all("h1")).hasSize(1);
        assertThat(all("img:not([alt])")).isEmpty();
        assertThat(
                        isTrue(
                                "[...document.querySelectorAll('button')].every((button) =>"
                                        + " (button.getAttribute('aria-label') ?? button.textContent).trim() !== '' || button.querySelector('img[alt]'))"))
                .isTrue();
        assertThat(isTrue("[...document.querySelectorAll('input, select')].every((field) => field.labels.length > 0)"))
                .isTrue();
        assertThat(browser.findElements(By.cssSelector("[style]"))).isEmpty();
    }

    @Test
    @DisplayName("comes with a policy that lets no script, style or picture in from elsewhere")
    void hasAPolicy() throws IOException {
        TestFarm farm = open(0, server -> {});
        String policy =
                farm.get("/").headers().firstValue("Content-Security-Policy").orElseThrow();

        assertThat(policy)
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(farm.get("/").body())
                .doesNotContain("<style", "style=\"", "onclick=")
                .doesNotContainPattern("<script[^>]*>[^<]");
    }
}
