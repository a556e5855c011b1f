namespace RfDetr.Data;

/// <summary>
/// The objects of one class in one image, as ranges of <see cref="EvaluationGroups.Truth"/> and
/// <see cref="EvaluationGroups.Found"/>.
/// </summary>
internal readonly record struct EvaluationGroup(
    int Category, int Image, int TruthStart, int TruthCount, int FoundStart, int FoundCount);

/// <summary>
/// Truth and detections sorted by class, then image (by rising ids, which is what decides between equal scores of different
/// images), then score; cut to the largest number of detections that counts.
/// </summary>
internal sealed class EvaluationGroups
{
    private EvaluationGroups(
        long[] categories, TruthObject[] truth, FoundObject[] found, int[] ranks, EvaluationGroup[] groups) =>
        (Categories, Truth, Found, Ranks, Groups) = (categories, truth, found, ranks, groups);

    /// <summary>Ids, rising.</summary>
    public long[] Categories { get; }

    public TruthObject[] Truth { get; }

    public FoundObject[] Found { get; }

    /// <summary>Place of each detection within its group, from 0.</summary>
    public int[] Ranks { get; }

    /// <summary>By rising class, then image; a class without truth and detections has none.</summary>
    public EvaluationGroup[] Groups { get; }

    public static EvaluationGroups Of(EvaluationInput input, int maxDetections)
    {
        long[] categories = [.. input.CategoryIds.Distinct(MixedHash.Instance).Order()];
        long[] images = [.. input.ImageIds.Distinct(MixedHash.Instance).Order()];
        Dictionary<long, int> categoryIndex = IndexOf(categories), imageIndex = IndexOf(images);

        var truthPlaces = new List<Place>(input.Truth.Count);
        for (int i = 0; i < input.Truth.Count; i++)
        {
            TruthObject truth = input.Truth[i];
            if (
                categoryIndex.TryGetValue(truth.CategoryId, out int category)
                    && imageIndex.TryGetValue(truth.ImageId, out int image))
                truthPlaces.Add(new(category, image, 0, i));
        }

        var foundPlaces = new List<Place>(input.Found.Count);
        for (int i = 0; i < input.Found.Count; i++)
        {
            FoundObject found = input.Found[i];
            if (
                categoryIndex.TryGetValue(found.CategoryId, out int category)
                    && imageIndex.TryGetValue(found.ImageId, out int image))
                foundPlaces.Add(new(category, image, found.Score, i));
        }

        truthPlaces.Sort();
        foundPlaces.Sort();
        return Group(input, categories, truthPlaces, foundPlaces, maxDetections);
    }

    private static EvaluationGroups Group(
        EvaluationInput input, long[] categories, List<Place> truthPlaces, List<Place> foundPlaces, int maxDetections)
    {
        var truth = new TruthObject[truthPlaces.Count];
        for (int i = 0; i < truth.Length; i++)
            truth[i] = input.Truth[truthPlaces[i].Index];
        var found = new List<FoundObject>(foundPlaces.Count);
        var ranks = new List<int>(foundPlaces.Count);
        var groups = new List<EvaluationGroup>();
        for (int t = 0, f = 0; t < truthPlaces.Count || f < foundPlaces.Count;)
        {
            Place first = f == foundPlaces.Count || (t < truthPlaces.Count && truthPlaces[t].CompareGroup(foundPlaces[f]) <= 0)
                ? truthPlaces[t]
                : foundPlaces[f];
            (int truthStart, int foundStart) = (t, found.Count);
            while (t < truthPlaces.Count && truthPlaces[t].CompareGroup(first) == 0)
                t++;
            for (int rank = 0; f < foundPlaces.Count && foundPlaces[f].CompareGroup(first) == 0; rank++, f++)
            {
                if (rank >= maxDetections)
                    continue;
                found.Add(input.Found[foundPlaces[f].Index]);
                ranks.Add(rank);
            }

            groups.Add(new(first.Category, first.Image, truthStart, t - truthStart, foundStart, found.Count - foundStart));
        }

        return new(categories, truth, [.. found], [.. ranks], [.. groups]);
    }

    private static Dictionary<long, int> IndexOf(long[] ids)
    {
        var index = new Dictionary<long, int>(ids.Length, MixedHash.Instance);
        for (int i = 0; i < ids.Length; i++)
            index.Add(ids[i], i);
        return index;
    }

    /// <summary>Sort key of an object of the input; descending score, then order of the input.</summary>
    private readonly record struct Place(int Category, int Image, double Score, int Index) : IComparable<Place>
    {
        public int CompareTo(Place other)
        {
            int order = CompareGroup(other);
            if (order == 0)
                order = other.Score.CompareTo(Score);
            return order != 0 ? order : Index.CompareTo(other.Index);
        }

        public int CompareGroup(Place other) =>
            Category != other.Category ? Category.CompareTo(other.Category) : Image.CompareTo(other.Image);
    }
}
