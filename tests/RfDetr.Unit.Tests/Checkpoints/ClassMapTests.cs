using RfDetr.Checkpoints;

namespace RfDetr.Tests.Checkpoints;

/// <summary>Assignment of logits to classes, by the rule of the specification.</summary>
public class ClassMapTests
{
    private static readonly PlainMap s_none = new();
    private static readonly PlainMap s_threeNames = new([new("class_names", new List<object?> { "alpha", "beta", "gamma" })]);

    [Fact]
    public void CocoHasEightyNamesOnIdsOneToNinety()
    {
        CocoClasses.All.Count.ShouldBe(80);
        ClassMap map = ClassMapRules.Find(s_none, s_none, 91);
        map.ShouldBe(ClassMap.Coco);
        (map.NameOf(1), map.NameOf(3), map.NameOf(13), map.NameOf(44), map.NameOf(62), map.NameOf(90))
            .ShouldBe(("person", "car", "stop sign", "bottle", "chair", "toothbrush"));
        new[] { 0, 12, 26, 29, 30, 45, 66, 68, 69, 71, 83, 91, -1 }.ShouldAllBe(i => !map.IsEmitted(i));
        map.Entries.ShouldAllBe(e => e.DatasetId == e.Label);
    }

    [Theory]
    [InlineData(null, 4, 1)] // old, one logit more: names begin at label 1
    [InlineData("1.9.1", 4, 1)]
    [InlineData(null, 3, 0)] // old, as many logits
    [InlineData("1.9.2", 4, 0)] // background last
    [InlineData("1.9.2", 3, 0)]
    [InlineData("1.10.0", 4, 0)] // numbers, not texts
    [InlineData("1.12.0rc1", 4, 0)]
    [InlineData("2.0", 4, 0)]
    public void NamesGoByTheWritingVersion(string? version, int logits, int first)
    {
        PlainMap metadata = version is null ? s_none : s_none.With("rfdetr_version", version);
        ClassMap map = ClassMapRules.Find(s_threeNames, metadata, logits);
        map.Entries.Select(e => (e.Label, e.Name)).ShouldBe([(first, "alpha"), (first + 1, "beta"), (first + 2, "gamma")]);
        Enumerable.Range(0, logits).Count(map.IsEmitted).ShouldBe(3);
        map.Source.ShouldContain("class_names");
    }

    [Fact]
    public void AStoredMapWins()
    {
        var stored = new ClassMap(4, [new ClassEntry(2, "only", 17)], "test");
        ClassMap map = ClassMapRules.Find(s_threeNames, s_none.With("class_map", ClassMapPlain.Write(stored)), 4);
        map.ShouldBe(stored);
        map.Source.ShouldBe("stored with the checkpoint (test)");
        map.IsEmitted(0).ShouldBeFalse();
    }

    [Fact]
    public void NamesUnderTheirLabelsAreTakenAsTheyStand()
    {
        var names = new PlainMap();
        names.Set(1L, "cat");
        names.Set("5", "dog");
        ClassMapRules.Find(s_none.With("class_names", names), s_none, 7).Entries.ShouldBe(
            [new ClassEntry(1, "cat", 1), new ClassEntry(5, "dog", 5)]);
    }

    [Fact]
    public void TheCallersWordGoesFirst()
    {
        var options = new ClassMapOptions { ClassNames = ["a", "b"], ClassOffset = 3 };
        ClassMapRules.Find(s_threeNames, s_none, 9, options).Entries.Select(e => e.Label).ShouldBe([3, 4]);
        ClassMapRules.Find(
            s_threeNames, s_none, 9, new ClassMapOptions { ClassOffset = 0 }).Entries[0].ShouldBe(new ClassEntry(0, "alpha"));
    }

    [Theory]
    [InlineData(90, false)] // no names, not COCO's size
    [InlineData(4, false)]
    [InlineData(5, true)] // neither names nor names + 1
    [InlineData(2, true)]
    public void DoubtIsAnErrorThatAsksForNames(int logits, bool names)
    {
        string message = Should.Throw<CheckpointFormatException>(() =>
            ClassMapRules.Find(names ? s_threeNames : s_none, s_none, logits)).Message;
        message.ShouldContain("--class-names");
        message.ShouldContain("--class-offset");
    }

    [Fact]
    public void NamesThatDoNotFitAreErrors()
    {
        Should.Throw<CheckpointFormatException>(() =>
            ClassMapRules.Find(s_threeNames, s_none.With("rfdetr_version", "1.12.0"), 2)).Message.ShouldContain("need 3 logits");
        Should.Throw<CheckpointFormatException>(() =>
            ClassMapRules.Find(s_none.With("class_names", 5L), s_none, 91)).Message.ShouldContain("not a list of names");
        Should.Throw<CheckpointFormatException>(() =>
            ClassMapRules.Find(s_none, s_none.With("class_map", ClassMapPlain.Write(ClassMap.Coco)), 4))
            .Message.ShouldContain("91 logits");
        Should.Throw<ArgumentException>(() => new ClassMap(3, [new ClassEntry(3, "x")], "")).Message.ShouldContain("label 3");
        Should.Throw<ArgumentException>(() =>
            new ClassMap(3, [new ClassEntry(1, "x"), new ClassEntry(1, "y")], "")).Message.ShouldContain("two names");
    }

    [Fact]
    public void AnOpenCheckpointGivesItsMap()
    {
        using Checkpoint checkpoint = Checkpoint.Open(Goldens.Path("checkpoints/training_checkpoint.pth"));
        ClassMapRules.Find(checkpoint).Entries.Select(e => (e.Label, e.Name)).ShouldBe(
            [(1, "RBC"), (2, "WBC"), (3, "Platelets")]);
    }
}
