using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>Named stages in the reference's layout.</summary>
internal static class StageTaps
{
    /// <summary>Taps a map [B, h, v, C] as [B, C, h, v], as the reference has it; returns the map unchanged.</summary>
    public static Tensor TapChannelsFirst(this Tensor map, string stage)
    {
        _ = map.Permute(0, 3, 1, 2).Tap(stage);
        return map;
    }
}
