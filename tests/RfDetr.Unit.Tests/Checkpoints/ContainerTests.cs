using RfDetr.Checkpoints;

namespace RfDetr.Tests.Checkpoints;

/// <summary>The same weights in every place, and under every prefix, that training programs put them.</summary>
public class ContainerTests
{
    private static readonly string[] s_places = ["", "model", "state_dict", "model_state_dict"];
    private static readonly string[] s_prefixes =
        ["", "model.", "module.", "_orig_mod.", "module._orig_mod.", "_orig_mod.module."];
    private static readonly string[] s_averages =
        ["ema_model", "ema_state_dict", "legacy_ema_state_dict", "model_ema", "ema", "average_model_state_dict"];

    public static TheoryData<string, string> Containers
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (string place in s_places)
            {
                foreach (string prefix in s_prefixes)
                    all.Add(place, prefix);
            }

            return all;
        }
    }

    public static TheoryData<string, string> Averages
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (string key in s_averages)
            {
                foreach (string inner in (string[])["", "module", "state_dict"])
                    all.Add(key, inner);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Containers))]
    public void Weights_are_found_wherever_they_are(string place, string prefix)
    {
        using Checkpoint plain = Checkpoint.Open(Goldens.Path("checkpoints/weights_only.pth"));
        PlainMap weights = Prefixed(plain, prefix), root = place.Length == 0 ? weights : Holding(place, weights);

        StateDict found = TorchContents.Weights(root, "x.pth");

        found.Names.ShouldBe(plain.Names);
        found.Names.ShouldNotBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Averages))]
    public void Averages_are_found_wherever_they_are(string key, string inner)
    {
        using Checkpoint plain = Checkpoint.Open(Goldens.Path("checkpoints/weights_only.pth"));
        PlainMap root = Holding("model", Prefixed(plain, "")), average = Prefixed(plain, "module.");
        root.Set(key, inner.Length == 0 ? average : Holding(inner, average));

        StateDict? found = TorchContents.Ema(root, TorchContents.Weights(root, "x.pth"), "x.pth");

        found.ShouldNotBeNull().Names.ShouldBe(plain.Names);
    }

    private static PlainMap Prefixed(Checkpoint plain, string prefix)
    {
        var map = new PlainMap();
        foreach (string name in plain.Names)
            map.Set(prefix + name, Tensors(plain.Contents)[name]);
        return map;
    }

    // Names and tensors, wherever this file has them.
    private static Dictionary<string, StoredTensor> Tensors(PlainMap map)
    {
        var all = new Dictionary<string, StoredTensor>();
        foreach ((object key, object? value) in map)
        {
            if (value is StoredTensor tensor)
                all[StateDict.Strip((string)key)] = tensor;
            else if (value is PlainMap inner)
            {
                foreach ((string name, StoredTensor of) in Tensors(inner))
                    all.TryAdd(name, of);
            }
        }

        return all;
    }

    private static PlainMap Holding(string key, PlainMap value)
    {
        var map = new PlainMap();
        map.Set(key, value);
        return map;
    }
}
